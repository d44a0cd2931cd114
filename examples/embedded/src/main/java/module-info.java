/** An application that runs containers. */
module example.embedded {
  requires dev.mydocker;
}
