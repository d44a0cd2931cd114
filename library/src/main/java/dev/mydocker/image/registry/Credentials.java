package dev.mydocker.image.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a user is known by at a registry.
 *
 * @param user the user's name; empty where there is an identity token
 * @param password the password, or a token that stands for one
 * @param identityToken a token that others are given for (OAuth 2), or empty
 */
public record Credentials(String user, String password, String identityToken) {
  /** A name and a password. */
  public static Credentials of(String user, String password) {
    return new Credentials(user, password, "");
  }

  /** The header Authorization of the scheme Basic (RFC 7617). */
  String basic() {
    return "Basic " + encoded();
  }

  /** The two as Docker's configuration has them. */
  String encoded() {
    return Base64.getEncoder()
        .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /** Never shown: it would end up in messages. */
  @Override
  public String toString() {
    return "credentials of " + (user.isEmpty() ? "a token" : user);
  }
}
