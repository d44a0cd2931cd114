#!/bin/sh
# Makes .build/ from what Maven built: a directory named by its content with one jar, the helper,
# the bridge and the AOT caches, and the file .build/current that starts it.
#
# Usage: install.sh build CLASSPATH
#                              from cli/target and library/target (Maven runs this); of CLASSPATH it
#                              takes the jars of the libraries that unpack xz and zstd
#        install.sh refresh    from the directory that .build/current names: the checkout was moved,
#                              or the JDK replaced
#
# Content names the directory because a JVM before 25.0.4 would run the old classes of a rebuilt jar
# from the cache. .build/current is replaced by rename, and the directory that it named before stays
# until the next time: a command that has just started may still be opening it.
set -eu
umask 022

checkout=$(cd "$(dirname "$0")/.." && pwd -P)
build=$checkout/.build
. "$checkout/launcher/find-jdk.sh"
. "$checkout/launcher/jvm.sh"
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS || :
mydocker_find_jdk || {
  mydocker_no_jdk mydocker
  exit 1
}

mkdir -p "$build"
exec 9>"$build/install.lock"
flock 9

stage=$build/.stage.$$
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$stage"

case ${1-} in
  build)
    mkdir "$stage/classes"
    cp -r "$checkout/library/target/classes/." "$checkout/cli/target/classes/." "$stage/classes/"
    # One jar, since what is found on the boot class path looks for its libraries only there.
    (
      cd "$stage/classes"
      IFS=:
      for jar in ${2-}; do
        case $jar in
          */xz-*.jar) "$JAVA_HOME/bin/jar" --extract --file "$jar" org/tukaani ;;
          */zstd-jni-*.jar)
            "$JAVA_HOME/bin/jar" --extract --file "$jar" com/github/luben linux/amd64 linux/aarch64
            ;;
        esac
      done
    )
    rm -rf "$stage/classes/module-info.class" "$stage/classes/dev/mydocker/native"
    # Not compressed, for it is read at every start that the cache cannot serve.
    "$JAVA_HOME/bin/jar" --create --no-compress --date 2026-01-01T00:00:00Z \
      --file "$stage/mydocker.jar" -C "$stage/classes" .
    rm -r "$stage/classes"
    for native in mydocker-helper libmydocker.so; do
      [ ! -f "$checkout/library/target/native/$native" ] ||
        cp "$checkout/library/target/native/$native" "$stage/"
    done
    ;;
  refresh)
    read -r _ previous <"$build/current"
    for file in mydocker.jar mydocker-helper libmydocker.so; do
      [ ! -f "$build/$previous/$file" ] || cp "$build/$previous/$file" "$stage/"
    done
    ;;
  *)
    echo "usage: install.sh build|refresh" >&2
    exit 2
    ;;
esac

version_line=$(grep -m 1 '^JAVA_RUNTIME_VERSION=' "$JAVA_HOME/release") ||
  version_line=$(grep -m 1 '^JAVA_VERSION=' "$JAVA_HOME/release")
version=$(printf %s "$version_line" | cut -d '"' -f 2)
# The place counts as well: the cache holds the jar's path.
sum=$({
  mydocker_jvm_flags "$build"
  cd "$stage" && sha256sum -- *
} | sha256sum | cut -c 1-16)
name=$sum-$version
home=$build/$name
if [ -d "$home" ]; then
  rm -rf "$stage"
else
  mv "$stage" "$home"
fi

# One argument a line, for a path may hold spaces.
set --
while IFS= read -r flag; do
  set -- "$@" "$flag"
done <<END
$(mydocker_jvm_flags "$home")
END

# One cache for all commands, and one for each that people wait for most: see Train. Recording and
# writing are two steps, because the JDK's single step starts its second JVM by way of an environment
# variable and stumbles over spaces. Without a cache everything works, more slowly.
train() {
  # shellcheck disable=SC2086
  timeout 120 "$JAVA_HOME/bin/java" $mydocker_short_flags $mydocker_small_compiler "$@"
}

make_cache() {
  mydocker_part=$1
  shift
  mydocker_trained=$mydocker_main
  [ "$mydocker_part" != oci ] || mydocker_trained=$mydocker_oci_main
  {
    train -XX:AOTMode=record -XX:AOTConfiguration="$home/$mydocker_part.training" "$@" \
      "$mydocker_trained" __train "$mydocker_part" "$training" &&
      train -XX:AOTMode=create -XX:AOTConfiguration="$home/$mydocker_part.training" \
        -XX:AOTCache="$home/$mydocker_part.aot.new" "$@"
  } </dev/null >"$home/$mydocker_part.log" 2>&1 || return 1
  mv "$home/$mydocker_part.aot.new" "$home/$mydocker_part.aot"
  rm -f "$home/$mydocker_part.training"
}

if [ ! -f "$home/rest.aot" ]; then
  training=$(mktemp -d "${TMPDIR:-/tmp}/mydocker-train-XXXXXX")
  train "$@" "$mydocker_main" __train prepare "$training" </dev/null >/dev/null 2>&1 || :
  for part in $mydocker_parts; do
    make_cache "$part" "$@" || : >"$home/$part.failed" &
  done
  wait
  train "$@" "$mydocker_main" __train clean "$training" </dev/null >/dev/null 2>&1 || :
  rm -rf "$training"
  for part in $mydocker_parts; do
    [ ! -f "$home/$part.failed" ] ||
      echo "mydocker: training failed, so starts will be slower; see $home/$part.log" >&2
    rm -f "$home/$part.failed"
  done
fi

quote() {
  printf "'"
  printf %s "$1" | sed "s/'/'\\\\''/g"
  printf "'"
}

previous=$name
[ ! -f "$build/current" ] || read -r _ previous <"$build/current"
{
  # install.sh reads the first line to know which directory is in use.
  echo "#current $name"
  cat <<END
# Written by launcher/install.sh, sourced by mydocker. Comes back if the checkout was moved, since
# the cache knows the jar by its path, and if the JDK is no longer the one that wrote the cache.
_mydocker_home=$(quote "$home")
_mydocker_jdk=$(quote "$JAVA_HOME")
_mydocker_release=
if [ "\$_mydocker_home/../current" -ef "\$_mydocker/.build/current" ] &&
  [ -r "\$_mydocker_jdk/release" ]; then
  while read -r _mydocker_release; do
    [ "\$_mydocker_release" != $(quote "$version_line") ] || break
  done <"\$_mydocker_jdk/release"
fi
if [ "\$_mydocker_release" = $(quote "$version_line") ]; then
  case \${1-} in
    $mydocker_long_commands) _mydocker_tier= ;;
    $mydocker_starting_commands)
      _mydocker_tier=$(quote "$mydocker_short_flags
$mydocker_interpreter") ;;
    *)
      _mydocker_tier=$(quote "$mydocker_short_flags
$mydocker_small_compiler") ;;
  esac
  _mydocker_cache=rest
  _mydocker_main=$mydocker_main
  case \$_mydocker_program in
    mydocker-oci)
      _mydocker_main=$mydocker_oci_main
      _mydocker_tier=$(quote "$mydocker_short_flags
$mydocker_interpreter
$mydocker_oci_flags")
      [ ! -f "\$_mydocker_home/oci.aot" ] || _mydocker_cache=oci
      ;;
    *)
      case \${1-} in
        run|create|start) [ ! -f "\$_mydocker_home/run.aot" ] || _mydocker_cache=run ;;
        ps|exec|logs|inspect) [ ! -f "\$_mydocker_home/\$1.aot" ] || _mydocker_cache=\$1 ;;
      esac
      ;;
  esac
END
  # shellcheck disable=SC2016
  printf '  exec "$_mydocker_jdk/bin/java" $_mydocker_tier'
  # The JVM reports a cache that is missing on standard output.
  # shellcheck disable=SC2016
  [ ! -f "$home/rest.aot" ] || printf ' -XX:AOTCache=%s/"$_mydocker_cache".aot' "$(quote "$home")"
  for flag in "$@"; do
    printf ' %s' "$(quote "$flag")"
  done
  # shellcheck disable=SC2016
  printf ' "$_mydocker_main" "$@"\nfi\n'
} >"$build/current.new"
mv "$build/current.new" "$build/current"

for old in "$build"/*-*; do
  case $old in
    "$home" | "$build/$previous") ;;
    *) rm -rf "$old" ;;
  esac
done
