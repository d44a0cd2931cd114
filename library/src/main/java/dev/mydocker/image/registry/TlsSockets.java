package dev.mydocker.image.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS by the JDK. Loading it takes a third of a second, so only what needs it comes here. */
final class TlsSockets {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private final SSLContext context;
  private final boolean checked;

  private TlsSockets(SSLContext context, boolean checked) {
    this.context = context;
    this.checked = checked;
  }

  static TlsSockets of(Trust trust, HttpUrl url) throws IOException {
    boolean checked = !trust.isInsecure(url);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManager[] managers =
          checked ? managers(trust.authorities(url)) : new TrustManager[] {new AnybodyWillDo()};
      context.init(null, managers, null);
      return new TlsSockets(context, checked);
    } catch (GeneralSecurityException e) {
      throw new IOException("prepare TLS: " + e.getMessage(), e);
    }
  }

  private static TrustManager @Nullable [] managers(List<byte[]> authorities)
      throws GeneralSecurityException, IOException {
    if (authorities.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    int count = 0;
    for (byte[] pem : authorities) {
      String text = new String(pem, StandardCharsets.ISO_8859_1);
      // One by one: a bundle may have a certificate that the JDK cannot read, and words between.
      for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
        int end = text.indexOf(END, at);
        if (end >= 0) {
          count += add(store, factory, text.substring(at, end + END.length()), count);
        }
      }
    }
    if (count == 0) {
      return null;
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  private static int add(KeyStore store, CertificateFactory factory, String pem, int count)
      throws GeneralSecurityException, IOException {
    try (InputStream in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1))) {
      store.setCertificateEntry(Integer.toString(count), factory.generateCertificate(in));
      return 1;
    } catch (CertificateException e) {
      // Nobody can be believed because of it, and the others still can.
      return 0;
    }
  }

  Socket wrap(Socket socket, HttpUrl url) throws IOException {
    String host = url.lookupHost();
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, url.port(), true);
    if (checked) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
    }
    try {
      tls.startHandshake();
      return tls;
    } catch (SSLException e) {
      tls.close();
      throw new Transport.Unreachable(
          "speak TLS with " + url.authority() + ": " + cause(e), suggestion(url, e), e);
    }
  }

  private static String cause(SSLException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("unable to find valid certification path")) {
      return "its certificate is signed by nobody whom this machine knows";
    }
    if (message.contains("plaintext connection")
        || message.contains("Unsupported or unrecognized")) {
      return "it does not speak TLS";
    }
    return message;
  }

  private static String suggestion(HttpUrl url, SSLException e) {
    return cause(e).startsWith("its certificate")
        ? "put its authority's certificate into /etc/docker/certs.d/" + url.authority() + "/ca.crt"
        : "check that a registry listens there; one of plain http is to be listed in"
            + " insecure-registries (docs/images.md)";
  }

  /** For hosts that are listed as insecure; a plain trust manager would still look at names. */
  private static final class AnybodyWillDo extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
