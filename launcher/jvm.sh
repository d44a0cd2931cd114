# shellcheck shell=sh disable=SC2034
# Sourced: how java is started, the one place for training and for running. A cache that was trained
# with other flags is rejected as a whole, which costs 30 ms and more.

# Arguments: the directory with mydocker.jar.
#
# -Xbootclasspath/a is 7 ms quicker than -cp, and -cp is there so that the current directory is not
# on the class path. MaxFDLimit would raise our soft limit of descriptors, and so every container's.
# ArchiveRelocationMode=0 maps the cache where it was made for: elsewhere every pointer in its 15 MB
# is changed first, 3 ms and as many private pages.
# Xlog:disable keeps the JVM's warnings off stdout. A selection that brought some of them back would be
# held against each of its 900 tags first.
mydocker_jvm_flags() {
  cat <<END
-XX:+UseSerialGC
-XX:-UsePerfData
-XX:+UnlockDiagnosticVMOptions
-XX:ArchiveRelocationMode=0
-XX:-MaxFDLimit
-Xlog:disable
--enable-native-access=ALL-UNNAMED
-Dmydocker.home=$1
-Xbootclasspath/a:$1/mydocker.jar
-cp
$1/mydocker.jar
END
}

mydocker_main=dev.mydocker.cli.Main
mydocker_oci_main=dev.mydocker.cli.oci.Main

# The parts of the training, each with a cache: see Train.
mydocker_parts='rest run exec ps logs inspect oci'

# The compiler C2 is worth its time only where much is hashed or packed: with C1 alone SHA-256 is
# ten times slower. Everything else ends before C2 would have begun.
mydocker_long_commands='import|commit|export|save|load|pull|push|build|cp|image'

# What makes, enters or lists containers is over before a compiler has paid for its start, 2 ms. What takes
# long before a container can start, such as bringing its image, is another process's: Preparation. Of 500
# containers a list takes 13 ms of processor time less so.
mydocker_starting_commands='run|create|start|exec|ps'
mydocker_interpreter=-Xint

# Another command that ends after 50 ms has little of being compiled; asking the compiler, a thread for
# each wake-up, costs more than it gains. Ten times later still catches what really loops.
mydocker_small_compiler='-XX:TieredStopAtLevel=1
-XX:CompileThresholdScaling=10'

# For the same reason the compiler's records of the training are not read. The young generation holds
# all that such a command allocates: no garbage is collected. A page fault costs a microsecond and more,
# and there were 3,700: a huge page for the heap saves 900 of them, where the kernel has one, and small
# tables of strings and symbols 170. What a cgroup lets the JVM have, a dozen files say; it needs none of
# them, as it sets its heap itself. And no class of ours has a finalizer that a thread would wait for.
mydocker_short_flags='-XX:+UnlockDiagnosticVMOptions
-XX:+UnlockExperimentalVMOptions
-XX:StringTableSize=4096
-XX:SymbolTableSize=2048
-XX:+UseTransparentHugePages
-XX:-AOTReplayTraining
-XX:-UseContainerSupport
--finalization=disabled
-Xms32m
-Xmn16m'

# A signal ends the OCI runtime as it ends runc, whatever it does: who guards what it makes is told by
# the kernel. A handler of the JVM could hear it and be replaced by the next program before it acts.
mydocker_oci_flags=-Xrs
