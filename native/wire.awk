# Generates one side of the wire from wire.table.
#   awk -v side=c    -f wire.awk wire.table > wire.h
#   awk -v side=java -f wire.awk wire.table > Wire.java
function upper(s) { return toupper(s) }
function size_of(type) {
    if (type ~ /8$/) return 1
    if (type ~ /16$/) return 2
    if (type ~ /32$/) return 4
    if (type ~ /64$/) return 8
    print "wire.table:" NR ": unknown type " type > "/dev/stderr"; exit 1
}
function c_type(type) { return (type ~ /^i/ ? "" : "u") "int" substr(type, 2) "_t" }
BEGIN {
    if (side == "c") {
        print "/* Made from wire.table by wire.awk. */"
        print "#ifndef MYDOCKER_WIRE_H\n#define MYDOCKER_WIRE_H\n#include <asm/unistd.h>\n#include <stdint.h>"
    } else {
        print "package dev.mydocker.kernel;\n"
        print "/** The wire's constants, made from wire.table by wire.awk. */"
        print "public final class Wire {\n  private Wire() {}\n"
        print "  private static final boolean ARM ="
        print "      System.getProperty(\"os.arch\", \"\").equals(\"aarch64\");\n"
    }
}
/^[ \t]*(#|$)/ { next }
$1 == "const" {
    if (side == "c") print "#define WIRE_" $2 " " $3
    else print "  public static final int " $2 " = " $3 ";"
    next
}
$1 == "struct" {
    name = $2; offset = 0
    if (side == "c") print "struct wire_" name " {"
    next
}
$1 == "end" {
    if (side == "c") print "};\n_Static_assert(sizeof(struct wire_" name ") == " offset ", \"" name "\");"
    else print "  public static final int " upper(name) "_SIZE = " offset ";"
    name = ""
    next
}
$1 == "sys" {
    if (side == "java")
        print "  public static final int SYS_" upper($2) " = ARM ? " $4 " : " $3 ";"
    else {
        print "#if defined(__x86_64__)\n_Static_assert(__NR_" $2 " == " $3 ", \"" $2 "\");"
        print "#else\n_Static_assert(__NR_" $2 " == " $4 ", \"" $2 "\");\n#endif"
    }
    next
}
name != "" {
    size = size_of($1)
    if (offset % size) { print "wire.table:" NR ": " $2 " is not aligned" > "/dev/stderr"; exit 1 }
    count = $3 == "" ? 1 : $3
    if (side == "c") print "    " c_type($1) " " $2 (count > 1 ? "[" count "]" : "") ";"
    else print "  public static final int " upper(name) "_" upper($2) " = " offset ";"
    offset += size * count
    next
}
{ print "wire.table:" NR ": cannot read: " $0 > "/dev/stderr"; exit 1 }
END { print side == "c" ? "#endif" : "}" }
