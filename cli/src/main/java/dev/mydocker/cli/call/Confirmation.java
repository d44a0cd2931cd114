package dev.mydocker.cli.call;

/** A question before something is lost; only an answer of yes, on standard input, is one. */
public final class Confirmation {
  private Confirmation() {}

  /** Asks, in Docker's words; false if the answer is not yes. */
  public static boolean asked(Call call, String warning) {
    call.out().print(warning + "\nAre you sure you want to continue? [y/N] ");
    call.out().flush();
    DescriptorInput in = new DescriptorInput(call.host().files(), call.invocation().stdin());
    StringBuilder answer = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      answer.append((char) c);
    }
    String word = answer.toString().strip();
    return word.equals("y") || word.equals("Y");
  }
}
