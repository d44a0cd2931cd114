package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ContainerConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Assembles the image {@code localhost/busybox:latest} from a static busybox: the host's, or that
 * of the package busybox-static. The same program always gives the same image.
 */
public final class BusyboxImage {
  /** What the image is called. */
  public static final String NAME = "localhost/busybox:latest";

  private static final List<String> PLACES = List.of("/bin/busybox", "/usr/bin/busybox");
  private static final int MAXIMUM_PROGRAM = 64 << 20;
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final List<String> DIRECTORIES =
      List.of(
          "bin",
          "dev",
          "etc",
          "home",
          "mnt",
          "opt",
          "proc",
          "run",
          "sys",
          "usr",
          "usr/bin",
          "usr/sbin",
          "usr/local",
          "usr/local/bin",
          "usr/local/sbin",
          "sbin",
          "var",
          "var/log",
          "var/spool",
          "var/www");

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      daemon:x:1:1:daemon:/usr/sbin:/bin/false
      bin:x:2:2:bin:/bin:/bin/false
      sys:x:3:3:sys:/dev:/bin/false
      sync:x:4:100:sync:/bin:/bin/sync
      mail:x:8:8:mail:/var/spool/mail:/bin/false
      www-data:x:33:33:www-data:/var/www:/bin/false
      operator:x:37:37:Operator:/var:/bin/false
      nobody:x:65534:65534:nobody:/home:/bin/false
      """;

  private static final String GROUP =
      """
      root:x:0:
      daemon:x:1:
      bin:x:2:
      sys:x:3:
      adm:x:4:
      tty:x:5:
      disk:x:6:
      lp:x:7:
      mail:x:8:
      kmem:x:9:
      wheel:x:10:root
      cdrom:x:11:
      dialout:x:18:
      floppy:x:19:
      video:x:28:
      audio:x:29:
      tape:x:32:
      www-data:x:33:
      operator:x:37:
      utmp:x:43:
      plugdev:x:46:
      staff:x:50:
      lock:x:54:
      netdev:x:82:
      users:x:100:
      nobody:x:65534:
      """;

  private static final String SHADOW =
      """
      root:*:10933:0:99999:7:::
      daemon:*:10933:0:99999:7:::
      bin:*:10933:0:99999:7:::
      sys:*:10933:0:99999:7:::
      sync:*:10933:0:99999:7:::
      mail:*:10933:0:99999:7:::
      www-data:*:10933:0:99999:7:::
      operator:*:10933:0:99999:7:::
      nobody:*:10933:0:99999:7:::
      """;

  private static final String NSSWITCH =
      """
      passwd: files
      group: files
      shadow: files
      hosts: files dns
      """;

  /**
   * An image that was assembled.
   *
   * @param source where the program came from: a path, or a package
   */
  public record Assembled(Image image, String source) {
    /** One line for the user: {@code assembled localhost/busybox from /usr/bin/busybox}. */
    public String message() {
      return "assembled localhost/busybox from " + source;
    }
  }

  private final FileWorker files;
  private final ImageStore store;
  private final List<String> places;
  private final boolean downloads;

  /** Looks where programs are. */
  public BusyboxImage(FileWorker files, ImageStore store) {
    this(files, store, PLACES, true);
  }

  BusyboxImage(FileWorker files, ImageStore store, List<String> places, boolean downloads) {
    this.files = files;
    this.store = store;
    this.places = places;
    this.downloads = downloads;
  }

  /**
   * Assembles the image and puts it into the store under {@link #NAME}.
   *
   * @throws MydockerException saying what to install, if there is no static busybox to be had
   */
  public Assembled assemble() {
    List<String> tried = new ArrayList<>();
    for (String place : places) {
      Optional<BusyboxProgram> program = read(place);
      if (program.isPresent()) {
        Optional<String> problem = program.get().problem();
        if (problem.isEmpty()) {
          return new Assembled(put(program.get()), place);
        }
        tried.add(place + ": " + problem.get());
      }
    }
    Optional<BusyboxProgram> downloaded =
        downloads ? BusyboxPackage.download(files, tried) : Optional.empty();
    if (downloaded.isPresent()) {
      return new Assembled(put(downloaded.get()), "the package " + BusyboxPackage.NAME);
    }
    throw MydockerException.of(
        Category.NOT_FOUND,
        "assemble image",
        "localhost/busybox",
        "no static busybox on this machine"
            + (tried.isEmpty() ? "" : " (" + String.join("; ", tried) + ")"),
        "install one: apt-get install busybox-static, dnf install busybox, apk add busybox-static");
  }

  private Optional<BusyboxProgram> read(String place) {
    try {
      int file = files.open(FileWorker.HOST, place, Linux.O_RDONLY, 0);
      try (FileInput in = new FileInput(files, file)) {
        long modified = files.status(file).modifiedSeconds();
        return Optional.of(new BusyboxProgram(in.readNBytes(MAXIMUM_PROGRAM), modified));
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (KernelException e) {
      return Optional.empty();
    }
  }

  private Image put(BusyboxProgram program) {
    ContainerConfig config =
        ContainerConfig.builder().env(List.of(PATH)).cmd(List.of("sh")).build();
    try {
      return store.importTar(
          new ByteArrayInputStream(archive(program)),
          "the assembled busybox",
          NewImage.builder()
              .name(ImageReference.parse(NAME))
              .config(config)
              .comment("assembled by mydocker from a static busybox")
              .created(Timestamp.rfc3339Nano(program.modified() * Timestamp.SECOND))
              .build());
    } catch (IOException e) {
      throw new IllegalStateException("an array does not fail", e);
    }
  }

  /** The root file system, as Docker's busybox has it: hard links below /bin. */
  static byte[] archive(BusyboxProgram program) throws IOException {
    byte[] content = program.content();
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + (1 << 18));
    TarWriter tar = new TarWriter(out);
    List<TarEntry> entries = new ArrayList<>();
    entries.add(TarEntry.directory("./"));
    for (String directory : DIRECTORIES) {
      entries.add(TarEntry.directory(directory + "/"));
    }
    entries.add(TarEntry.directory("root/").withMode(0700));
    entries.add(TarEntry.directory("tmp/").withMode(01777));
    entries.add(TarEntry.directory("var/tmp/").withMode(01777));
    entries.add(TarEntry.link("usr/bin/env", TarType.SYMBOLIC_LINK, "../../bin/env"));
    entries.add(TarEntry.link("var/run", TarType.SYMBOLIC_LINK, "../run"));
    for (TarEntry entry : entries) {
      tar.put(entry.withTime(program.modified(), 0));
    }
    put(tar, "etc/passwd", Bytes.encode(PASSWD), 0644, program);
    put(tar, "etc/group", Bytes.encode(GROUP), 0644, program);
    put(tar, "etc/shadow", Bytes.encode(SHADOW), 0640, program);
    put(tar, "etc/nsswitch.conf", Bytes.encode(NSSWITCH), 0644, program);
    // Every container has its own mounted there: places that were missing would be made anew, and
    // /etc copied, at each start.
    for (String name : List.of("etc/hostname", "etc/hosts", "etc/resolv.conf")) {
      put(tar, name, new byte[0], 0644, program);
    }
    put(tar, "bin/busybox", content, 0755, program);
    for (String applet : program.applets()) {
      if (!applet.equals("busybox")) {
        tar.put(TarEntry.link("bin/" + applet, TarType.HARD_LINK, "bin/busybox"));
      }
    }
    tar.finish();
    return out.toByteArray();
  }

  /** Everything is as old as the program, so that the same program gives the same bytes. */
  private static void put(
      TarWriter tar, String name, byte[] content, int mode, BusyboxProgram program)
      throws IOException {
    TarEntry entry = TarEntry.file(name, content.length).withMode(mode);
    tar.put(entry.withTime(program.modified(), 0));
    tar.write(content, 0, content.length);
  }
}
