import java.io.File;
import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Says of each file which PDF/A it claims to be and whether veraPDF agrees, and names each rule that does not hold. Ends with 1 when one file does not conform. */
class CheckPdfA {
  public static void main(String[] files) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    boolean all = true;
    for (String file : files) {
      try (FileInputStream in = new FileInputStream(file);
          PDFAParser parser = Foundries.defaultInstance().createParser(in)) {
        PDFAValidator validator = Foundries.defaultInstance().createValidator(parser.getFlavour(), false);
        ValidationResult result = validator.validate(parser);
        String verdict = result.isCompliant() ? "conforms" : "does not conform";
        System.out.println(new File(file).getName() + " PDF/A-" + parser.getFlavour().getId() + " " + verdict);
        for (TestAssertion assertion : result.getTestAssertions()) {
          System.out.println("  " + assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber() + ": " + assertion.getMessage());
        }
        all &= result.isCompliant();
      }
    }
    System.exit(all ? 0 : 1);
  }
}
