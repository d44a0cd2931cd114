package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ApplicationTest {
  @Test
  void containersRunInATest() {
    assertEquals("hello\nfrom inside\n", Application.run());
  }
}
