# shellcheck shell=sh
# Sourced by mvnw, the launcher's build and .ci/run: finds a JDK 25, though another may be the default.

mydocker_is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

# Sets JAVA_HOME and exports it, or returns 1 and leaves it alone.
mydocker_find_jdk() {
  if [ -n "${JAVA_HOME-}" ] && mydocker_is_jdk "$JAVA_HOME"; then
    export JAVA_HOME
    return 0
  fi
  mydocker_javac=$(command -v javac 2>/dev/null) || mydocker_javac=
  if [ -n "$mydocker_javac" ]; then
    mydocker_javac=$(readlink -f "$mydocker_javac") || mydocker_javac=
  fi
  case $- in *f*) mydocker_noglob=f ;; *) mydocker_noglob= ;; esac
  set +f
  mydocker_found=
  for mydocker_jdk in "${mydocker_javac%/bin/javac}" /usr/lib/jvm/* /usr/local/lib/jvm/* \
    /opt/* /opt/java/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/*; do
    if mydocker_is_jdk "$mydocker_jdk"; then
      mydocker_found=$mydocker_jdk
      break
    fi
  done
  [ -z "$mydocker_noglob" ] || set -f
  [ -n "$mydocker_found" ] || return 1
  JAVA_HOME=$mydocker_found
  export JAVA_HOME
}

mydocker_no_jdk() {
  cat >&2 <<END
$1: no JDK 25 found (looked at JAVA_HOME, the PATH, /usr/lib/jvm/*, /opt/*, ~/.sdkman)
  install one: package openjdk-25-jdk-headless (Debian 13 and later, Ubuntu 25.10 and later, Fedora: java-25-openjdk-devel)
  or temurin-25-jdk from https://adoptium.net/installation/linux, then try again; a JDK elsewhere is found by JAVA_HOME
END
}
