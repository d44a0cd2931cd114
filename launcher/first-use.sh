# shellcheck shell=sh
# Sourced by mydocker with its arguments when there is nothing to exec: before the first build, after
# the checkout was moved or the JDK replaced, and for --rebuild.

_mydocker=$(cd "$_mydocker" && pwd -P) || exit 125
. "$_mydocker/launcher/find-jdk.sh"

mydocker_missing() {
  printf 'mydocker: cannot build: %s\n' "$1" >&2
  exit 125
}

# The build's tools, each with the package that brings it.
mydocker_check_tools() {
  if ! mydocker_find_jdk; then
    mydocker_no_jdk mydocker
    exit 125
  fi
  for mydocker_tool in gcc make awk flock sha256sum tar gzip; do
    command -v "$mydocker_tool" >/dev/null 2>&1 || case $mydocker_tool in
      flock) mydocker_missing "no flock found; install the package util-linux" ;;
      awk) mydocker_missing "no awk found; install the package mawk" ;;
      sha256sum) mydocker_missing "no sha256sum found; install the package coreutils" ;;
      *) mydocker_missing "no $mydocker_tool found; install the package $mydocker_tool" ;;
    esac
  done
  # A caller without PATH has the shell's, but gcc finds its parts by an exported one only. Ours ends
  # with the parentheses: the container's `-e PATH` is the caller's.
  (export PATH && echo '#include <asm/unistd.h>' | gcc -E - >/dev/null 2>&1) ||
    mydocker_missing "no kernel headers found (asm/unistd.h); install the package linux-libc-dev"
  [ -r "$JAVA_HOME/include/jni.h" ] ||
    mydocker_missing "$JAVA_HOME has no include/jni.h; install a full JDK 25 (openjdk-25-jdk-headless)"
}

mydocker_build() {
  printf 'mydocker: building %s...\n' "$1" >&2
  mydocker_log=$_mydocker/.build/build.log
  if ! "$_mydocker/mvnw" -B -f "$_mydocker/pom.xml" -Pquick -pl cli -am package \
    </dev/null >"$mydocker_log" 2>&1 9>&-; then
    grep -E '^\[ERROR\]|error:' "$mydocker_log" | head -n 20 >&2
    mydocker_missing "the build failed; all of its output is in $mydocker_log"
  fi
}

# What runs without the cache when nothing can be written: a read-only checkout that was moved.
mydocker_exec_slowly() {
  . "$_mydocker/launcher/jvm.sh"
  # shellcheck disable=SC2154 # mydocker has set it
  [ "$_mydocker_program" != mydocker-oci ] || mydocker_main=$mydocker_oci_main
  read -r _ mydocker_name <"$_mydocker/.build/current"
  IFS='
'
  set -f
  # shellcheck disable=SC2046,SC2086
  exec "$JAVA_HOME/bin/java" $mydocker_short_flags $mydocker_small_compiler \
    $(mydocker_jvm_flags "$_mydocker/.build/$mydocker_name") "$mydocker_main" "$@"
}

mydocker_writable=
if mkdir -p "$_mydocker/.build" 2>/dev/null && [ -w "$_mydocker/.build" ]; then
  mydocker_writable=yes
fi

if [ "${1-}" = --rebuild ]; then
  [ -n "$mydocker_writable" ] || mydocker_missing "$_mydocker is not writable"
  mydocker_check_tools
  (
    export PATH
    flock 9
    mydocker_build ""
  ) 9>"$_mydocker/.build/build.lock"
  exit
fi

if [ -n "$mydocker_writable" ]; then
  mydocker_check_tools
  # Of two first uses at once, one builds and the other waits for it.
  (
    export PATH
    flock -n 9 || {
      printf 'mydocker: waiting for another command that builds it ...\n' >&2
      flock 9
    }
    mydocker_name=
    [ ! -r "$_mydocker/.build/current" ] || read -r _ mydocker_name <"$_mydocker/.build/current"
    if [ ! -r "$_mydocker/.build/$mydocker_name/mydocker.jar" ]; then
      mydocker_build "(first use, about a minute) "
    else
      "$_mydocker/launcher/install.sh" refresh </dev/null >&2 9>&- ||
        printf 'mydocker: could not prepare a quick start in %s\n' "$_mydocker/.build" >&2
    fi
  ) 9>"$_mydocker/.build/build.lock" || exit
  . "$_mydocker/.build/current"
fi

[ -r "$_mydocker/.build/current" ] ||
  mydocker_missing "$_mydocker is not writable; run ./mydocker there once as its owner, or copy it"
if ! mydocker_find_jdk; then
  mydocker_no_jdk mydocker
  exit 125
fi
mydocker_exec_slowly "$@"
