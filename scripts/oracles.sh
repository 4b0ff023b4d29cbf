#!/bin/sh
# Installs the independent judges: of documents poppler's pdfsig, pyHanko, veraPDF, the European Commission's DSS; of bags the Library of Congress’s bagit; of pages Chromium; of durability strace and libfiu; of state machines MiniStack; of the stores AWS's DynamoDB Local. Run again it does nothing. Needs apt (as root), Python 3 and Java 17.
# The tests that ask them look in ONETRACK_ORACLES, ~/.cache/onetrack if not set.
set -eu
cache="${ONETRACK_ORACLES:-$HOME/.cache/onetrack}"
mkdir -p "$cache/verapdf" "$cache/dss"

if ! command -v pdfsig >/dev/null || ! command -v pdftoppm >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq poppler-utils >/dev/null
fi

# Without windows of its own it does half the work; where it is not to be had, Chromium as it is.
if ! command -v chromium-headless-shell >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-dejavu-core >/dev/null ||
    command -v chromium >/dev/null ||
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi

if ! command -v strace >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq strace >/dev/null
fi

if ! command -v fiu-ctrl >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq fiu-utils libfiu0 >/dev/null
fi

if ! "$cache/pyhanko/bin/python" -c 'import pyhanko' 2>/dev/null; then
  python3 -m venv "$cache/pyhanko"
  "$cache/pyhanko/bin/pip" install --quiet --disable-pip-version-check pyHanko==0.38.0
fi

if ! "$cache/bagit/bin/python" -c 'import bagit' 2>/dev/null; then
  python3 -m venv "$cache/bagit"
  "$cache/bagit/bin/pip" install --quiet --disable-pip-version-check bagit==1.9.0
fi

"$(dirname "$0")/ministack.sh"

# AWS's DynamoDB Local, as npm has it. It may not be handed on, so each machine fetches its own.
simulator='amplify-dynamodb-simulator@2.9.30'
if [ "$(cat "$cache/dynamodb-local/installed" 2>/dev/null)" != "$simulator" ]; then
  rm -rf "$cache/dynamodb-local"
  mkdir -p "$cache/dynamodb-local"
  archive="$cache/dynamodb-local/$(npm pack --silent --pack-destination "$cache/dynamodb-local" "$simulator")"
  echo "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9  $archive" | sha256sum --check --quiet
  tar -xzf "$archive" -C "$cache/dynamodb-local" --strip-components=2 package/emulator
  rm "$archive"
  echo "$simulator" >"$cache/dynamodb-local/installed"
fi

# What a list names, by Maven, each by its SHA-256, into a folder.
fetch_jars() {
  while read -r digest name artifact; do
    file="$1/$name"
    echo "$digest  $file" | sha256sum --check --status 2>/dev/null && continue
    if ! command -v mvn >/dev/null; then
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq maven >/dev/null
    fi
    # Maven reads its standard input, which holds the rest of the list.
    mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact="$artifact" -DoutputDirectory="$1" </dev/null
    echo "$digest  $file" | sha256sum --check --status || { echo "expected $digest for $artifact, got another file" >&2; exit 1; }
  done
}

# veraPDF's validation model and what it needs at run time.
fetch_jars "$cache/verapdf" <<'JARS'
53ca085f4a150f703f49e1aabd935bd03b43e1ea3d55d135438292af22cef56b jackson-annotations-2.21.jar com.fasterxml.jackson.core:jackson-annotations:2.21
1edd5f2e49dca5f8e4519957c24b7b3050bd1c7ee883920da33cff031ff1f7c0 jackson-core-2.21.1.jar com.fasterxml.jackson.core:jackson-core:2.21.1
b011eb5202d9ec889e27f1dcbdf6c63f06a76e7a16c0a1b30c6048d556c9a28e jackson-databind-2.21.1.jar com.fasterxml.jackson.core:jackson-databind:2.21.1
d2ecba63615f317a11fb55c6468f6a9480f6411c10951d9881bafd9a9a8d0467 jaxb-core-2.3.0.1.jar com.sun.xml.bind:jaxb-core:2.3.0.1
b3a3d3aeaa5503cadc24dca9539b87efcd7bc3bd8c48018887a1489f2a77bdc0 jaxb-impl-2.3.2.jar com.sun.xml.bind:jaxb-impl:2.3.2
43fdef0b5b6ceb31b0424b208b930c74ab58fac2ceeb7b3f6fd3aeb8b5ca4393 javax.activation-api-1.2.0.jar javax.activation:javax.activation-api:1.2.0
56b9e9702753763007435162ea788055efcfefc86ab920f032c0411dc547b836 jaxb-api-2.4.0-b180830.0359.jar javax.xml.bind:jaxb-api:2.4.0-b180830.0359
7c7fd0892cb3362ed2e43ce2f76c8f18f2d7ff1d371ed7490775b7368f3fee9a stax-utils-20070216.jar net.java.dev.stax-utils:stax-utils:20070216
58220adcb289dbebe0053e7a73ee70c97545c88f4886943d64241bf24701b72a Saxon-HE-12.8.jar net.sf.saxon:Saxon-HE:12.8
f3520a0e2e22d550f1216a456be233eb5385bf08e3219407dece7a16369eb38f rhino-1.7.15.1.jar org.mozilla:rhino:1.7.15.1
33d3d802b5e0e6e309884cb8d56cc98e6346c4d37f66268a33455da20afca531 core-1.30.2.jar org.verapdf:core:1.30.2
bb79ba458b5fced4577611fe2aef52f2617eb0b5d3a6f61de1bf57f479455ebd feature-reporting-1.30.2.jar org.verapdf:feature-reporting:1.30.2
06ea900784d7f6fdbe5965c176202ff8648a233b8306ce31798a1f8edb4215a8 metadata-fixer-1.30.2.jar org.verapdf:metadata-fixer:1.30.2
2d916016e7967da35bd7189d3f4ccdc69d17a90a641d21e7343da666380918ba parser-1.30.2.jar org.verapdf:parser:1.30.2
6cb4567d30d2b1c589684c8b485705893b7e3d6ea05df1b7529053eea2fd1156 pdf-model-1.30.2.jar org.verapdf:pdf-model:1.30.2
75642612f2559c795c6351ee5b8644e89e33f47e2d6ca32651d3c7a1ab4adbdb validation-model-1.30.2.jar org.verapdf:validation-model:1.30.2
002b1cbc65357fc6c87b6cfb775f15b9b78c163a2dec45fa3d8307ad2c3067d2 verapdf-xmp-core-1.30.2.jar org.verapdf:verapdf-xmp-core:1.30.2
b0c487ad2f3e558be8d829c916d2458d10aca6a5bafa7a4d0524b70845e48a5c xmlresolver-5.3.3-data.jar org.xmlresolver:xmlresolver:5.3.3:jar:data
1fe4d5b92f708dcdb82dbce12919e0171e6b5ca62c6dca6220483625098feb5f xmlresolver-5.3.3.jar org.xmlresolver:xmlresolver:5.3.3
JARS

# DSS for signature containers (ASiC with XAdES), and what it needs at run time.
fetch_jars "$cache/dss" <<'JARS'
4f4ba6a92617ea19dc183f0fa5db492eee426fdde2a0a2d6c94777ffd1af6413 bcpkix-jdk18on-1.80.jar org.bouncycastle:bcpkix-jdk18on:1.80
e8ad209f8c58d291a37ca9750e9e9fac60596956c983e49dd8282381dd8b3249 bcprov-jdk18on-1.80.jar org.bouncycastle:bcprov-jdk18on:1.80
bc78d32d7ffb141ee27e4fb77df04259d842c899e7e8eaf912f990d7253bd3b4 bcutil-jdk18on-1.80.2.jar org.bouncycastle:bcutil-jdk18on:1.80.2
f9f6cb103f2ddc3c99a9d80ada2ae7bf0685111fd6bffccb72033d1da4e6ff23 commons-codec-1.17.1.jar commons-codec:commons-codec:1.17.1
1df8b9430b5c8ed143d7815e403e33ef5371b2400aadbe9bda0883762e0846d1 commons-collections4-4.4.jar org.apache.commons:commons-collections4:4.4
f3ca0f8d63c40e23a56d54101c60d5edee136b42d84bfb85bc7963093109cf8b commons-io-2.18.0.jar commons-io:commons-io:2.18.0
6ee731df5c8e5a2976a1ca023b6bb320ea8d3539fbe64c8a1d5cb765127c33b4 commons-lang3-3.17.0.jar org.apache.commons:commons-lang3:3.17.0
19a2f071ea7081d358d311d5cae95d14d8166748a653c9a9b375c88467625750 dss-alert-6.2.jar eu.europa.ec.joinup.sd-dss:dss-alert:6.2
0a447fc8a1b21029afd471a9910dfb76a8f81fb01a77367ee6b905becd6b5419 dss-asic-common-6.2.jar eu.europa.ec.joinup.sd-dss:dss-asic-common:6.2
c1065456bd373011df16592eec34822151f96a28ad1f429eeee1930cab845ff8 dss-asic-xades-6.2.jar eu.europa.ec.joinup.sd-dss:dss-asic-xades:6.2
46908e2bdb14321d2082a14c73fa8e77bb33b65614f9e4a44c8542562f42cc3b dss-crl-parser-6.2.jar eu.europa.ec.joinup.sd-dss:dss-crl-parser:6.2
fab4835721d931e2abb82645bd8021af09e96f4b25dc9037a7d12bc105626667 dss-crl-parser-stream-6.2.jar eu.europa.ec.joinup.sd-dss:dss-crl-parser-stream:6.2
093541e754cb2decc5922e69df8cce63e39860a1f79e618b02278e6fb534fe71 dss-detailed-report-jaxb-6.2.jar eu.europa.ec.joinup.sd-dss:dss-detailed-report-jaxb:6.2
ec51014052416bd8d84b893978fce2d8b6381edf1b128918860fd34074701093 dss-diagnostic-jaxb-6.2.jar eu.europa.ec.joinup.sd-dss:dss-diagnostic-jaxb:6.2
c1ded0a07128b393ed6fac82f76a4e91040fa99a551cbe476d5a6baaed3db6a0 dss-document-6.2.jar eu.europa.ec.joinup.sd-dss:dss-document:6.2
6be6a555bfa0dba456cd07a6fb4c2e54b5c8554c3c2571e4b8eff3a048edeacc dss-enumerations-6.2.jar eu.europa.ec.joinup.sd-dss:dss-enumerations:6.2
0fb23540863c7f7e889ba0ca4c4898ff6b084ad3e7822a18dc1803db925f3857 dss-i18n-6.2.jar eu.europa.ec.joinup.sd-dss:dss-i18n:6.2
4cc902b8e4495c818dd603a863c798bc1934fcce9fcf8a45878d45b29f892a2e dss-jaxb-common-6.2.jar eu.europa.ec.joinup.sd-dss:dss-jaxb-common:6.2
60130208f7aa0c91960671a8eef804ed7b0f42370913afcef67607eafeb73319 dss-jaxb-parsers-6.2.jar eu.europa.ec.joinup.sd-dss:dss-jaxb-parsers:6.2
e782a465868114fb0c976c5e566bf20d3211726f18852a16f9849a86914b9b56 dss-model-6.2.jar eu.europa.ec.joinup.sd-dss:dss-model:6.2
207fcca2e9801b8b1a85503a2eacfada83b11a1bd6ad5c14da8f5dcb07e86631 dss-policy-jaxb-6.2.jar eu.europa.ec.joinup.sd-dss:dss-policy-jaxb:6.2
88fe04df31f2dd9626abfd8def93cf163bfbad3ac33aab6d3314816e9df8f9fd dss-simple-certificate-report-jaxb-6.2.jar eu.europa.ec.joinup.sd-dss:dss-simple-certificate-report-jaxb:6.2
384e6a503ead1cb29f526dfc3f6a1c421ae8b88889435e9259874a6edc5a58ce dss-simple-report-jaxb-6.2.jar eu.europa.ec.joinup.sd-dss:dss-simple-report-jaxb:6.2
afe524900e18ed21bd948a7a05d033711512dbe472af5e93bd75d76c925f5a9c dss-spi-6.2.jar eu.europa.ec.joinup.sd-dss:dss-spi:6.2
1834ba8662b243ec5e3542b8feb87487534cb2bd9224e26ebb9ecc3df863c764 dss-utils-6.2.jar eu.europa.ec.joinup.sd-dss:dss-utils:6.2
5666ba790a8b16ff2bc97237423a7cdebecfa2de84f6835cd908f9c89cb4a2a2 dss-utils-apache-commons-6.2.jar eu.europa.ec.joinup.sd-dss:dss-utils-apache-commons:6.2
0d1eb270ba80818cd14c0f69670c11476f77b17d0e283cf4ac45129ae9f2a6c2 dss-validation-6.2.jar eu.europa.ec.joinup.sd-dss:dss-validation:6.2
aa1a5824c9847660ce56843f61bee449ac5556ab2dbc6a14d19733d0d92f283d dss-xades-6.2.jar eu.europa.ec.joinup.sd-dss:dss-xades:6.2
b72f2e27b20bbba7f994a2ecdd6ce0da4c238ac6d3d8a3e8ff2fcc77d7b43fc0 dss-xml-common-6.2.jar eu.europa.ec.joinup.sd-dss:dss-xml-common:6.2
093200b4f3363e2b14ee2cf9ffd8fcca719d4853557266559775a721e37acaef dss-xml-utils-6.2.jar eu.europa.ec.joinup.sd-dss:dss-xml-utils:6.2
9f91115f449384886f572bd62c8812ee1004273d4b5c85cac65179ad4c16990f istack-commons-runtime-4.0.1.jar com.sun.istack:istack-commons-runtime:4.0.1
b9e24b7dd6e07495562ea96531be3130c96dba4d78e1dfd88adbbdebf4332871 jakarta.activation-2.0.1.jar com.sun.activation:jakarta.activation:2.0.1
b8fb4bee3ff5b5c1ef77144d8411316018d7bbd41fcf1ede0646f7978546b867 jakarta.xml.bind-api-3.0.1.jar jakarta.xml.bind:jakarta.xml.bind-api:3.0.1
f9a360b939597643b2676e35fc497afb561d20e8a513128a5c0070366db11bbd jaxb-core-3.0.2.jar org.glassfish.jaxb:jaxb-core:3.0.2
7b3a3784b9c6e343a8d38fc108602ba810177f03f2d8d1e7258b1cef7fd9d4c7 jaxb-runtime-3.0.2.jar org.glassfish.jaxb:jaxb-runtime:3.0.2
a12578dde1ba00bd9b816d388a0b879928d00bab3c83c240f7013bf4196c579a slf4j-api-2.0.16.jar org.slf4j:slf4j-api:2.0.16
3716f83649ec66161a2edefd4f49df34d1dd1c51cdcf941996c6987260f0a829 slf4j-nop-2.0.17.jar org.slf4j:slf4j-nop:2.0.17
b184e44698833de1b00cef38e5a4343dc272155d3a1a2328d7a8b98711c34fce specs-trusted-list-6.2.jar eu.europa.ec.joinup.sd-dss:specs-trusted-list:6.2
012e067fba1b661c22655f740bc747eb02d0b4bb79497f1e331877a602c07ac3 specs-validation-report-6.2.jar eu.europa.ec.joinup.sd-dss:specs-validation-report:6.2
a2737a533ad79691550ac42e98c587a830df80503e64bfad2bb43ff1de857e20 specs-xades-6.2.jar eu.europa.ec.joinup.sd-dss:specs-xades:6.2
744d6c3876bf1312fe02fa4f4780ff72b041b7fe0c96035d7caaec0c5b1a7f4a specs-xmldsig-6.2.jar eu.europa.ec.joinup.sd-dss:specs-xmldsig:6.2
678567e48b51a42c65c699f266539ad3d676d4b1a5b0ad7d89ece8b9d5772579 stax2-api-4.2.1.jar org.codehaus.woodstox:stax2-api:4.2.1
b4bcf94fb0a759456e2521724513baec94b78e93127544af162e3cff08d93343 txw2-3.0.2.jar org.glassfish.jaxb:txw2:3.0.2
c928d60665c6415fb1c39775cf95cfc44f7f4580cf5ab01b1c380ebffd76887f woodstox-core-6.5.1.jar com.fasterxml.woodstox:woodstox-core:6.5.1
ad39c8422c0a90d54377d53e1200d596879e7440ab88db0b1e15fb0410940f11 xmlsec-3.0.5.jar org.apache.santuario:xmlsec:3.0.5
JARS
