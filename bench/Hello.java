/** What any Java program costs: the line that every command of ours is compared with. */
public final class Hello {
  private Hello() {}

  /** Prints one line. */
  public static void main(String[] arguments) {
    System.out.println("hello, world");
  }
}
