import eu.europa.esig.dss.asic.xades.validation.ASiCContainerWithXAdESAnalyzerFactory;
import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.File;

/**
 * What the European Commission's DSS says of a container: its type, and of each signature its level, whether it holds, over how many files, and what stands in
 * its way. Only the given certificate is trusted, and nothing is fetched.
 */
class CheckContainer {
  public static void main(String[] arguments) throws Exception {
    CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
    trusted.addCertificate(DSSUtils.loadCertificate(new File(arguments[0])));
    CommonCertificateVerifier verifier = new CommonCertificateVerifier();
    verifier.setTrustedCertSources(trusted);
    for (int i = 1; i < arguments.length; i++) {
      File file = new File(arguments[i]);
      try {
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(file));
        validator.setCertificateVerifier(verifier);
        Reports reports = validator.validateDocument();
        report(file.getName(), reports.getSimpleReport(), reports.getDiagnosticData());
      } catch (Exception error) {
        System.out.println(file.getName() + " UNREADABLE " + error.getMessage());
      }
    }
  }

  private static void report(String name, SimpleReport simple, DiagnosticData data) {
    System.out.println(name + " " + simple.getContainerType());
    for (String id : simple.getSignatureIdList()) {
      SignatureWrapper signature = data.getSignatureById(id);
      System.out.println("  " + simple.getSignatureFormat(id) + " " + simple.getIndication(id)
          + " intact=" + (signature.isSignatureIntact() && signature.isBLevelTechnicallyValid())
          + " files=" + simple.getSignatureScopes(id).size()
          + " structure=" + signature.isStructuralValidationValid());
      System.err.println(simple.getSubIndication(id) + " " + simple.getAdESValidationErrors(id).stream().map(m -> m.getValue()).toList()
          + simple.getAdESValidationWarnings(id).stream().map(m -> m.getValue()).toList());
      System.err.println(signature.getStructuralValidationMessages());
    }
  }
}
