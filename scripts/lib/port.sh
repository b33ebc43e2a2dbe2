# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Machines, systems and sanitizers that the filter is built for: what each of
# them needs here, and the arguments of FFmpeg's configure.

ports=(minimal i686 aarch64 armhf s390x mingw musl)
sanitizers=(tsan msan)
port_packages=(gcc-i686-linux-gnu libc6-dev-i386-cross gcc-aarch64-linux-gnu
    libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
    gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user
    gcc-mingw-w64-x86-64 wine64 musl-tools clang libclang-rt-dev)

# Little more than the filter, its tests and FFmpeg's own tools.
# shellcheck disable=SC2054 # the commas are FFmpeg's
minimal=(--disable-everything --disable-autodetect --disable-doc
    --disable-network --disable-debug --optflags=-O2 --enable-pthreads
    --enable-protocol=file,pipe --enable-decoder=rawvideo,wrapped_avframe
    --enable-encoder=rawvideo,wrapped_avframe,pcm_s16le
    --enable-muxer=framecrc,rawvideo,md5,null --enable-demuxer=rawvideo
    --enable-indev=lavfi
    --enable-filter=v360batch,testsrc2,format,split,sendcmd,scale,null
    --enable-filter=hstack,trim)

# needs NAME COMMAND PACKAGE...: without COMMAND a line that says so, and 1.
needs()
{
    local name=$1 command=$2
    shift 2
    have "$command" && return 0
    echo "skip - port, $name: no $command (apt-get install $*)"
    return 1
}

# cross NAME TRIPLET ARCH LIBC [RUNNER]: another processor, by Debian's
# compiler. Static, so that no library of that processor is needed.
cross()
{
    local name=$1 triplet=$2 arch=$3 libc=$4 runner=${5:-}
    compiler=$triplet-gcc
    needs "$name" "$compiler" "gcc-$triplet" "libc6-dev-$libc-cross" || return
    config=(--enable-cross-compile --target-os=linux "--arch=$arch"
            "--cross-prefix=$triplet-" --extra-ldflags=-static)
    [ -n "$runner" ] || return 0
    needs "$name" "$runner" qemu-user || return
    config+=("--target-exec=$runner")
}

mingw()
{
    local triplet=x86_64-w64-mingw32 runner=wine64
    compiler=$triplet-gcc
    needs mingw "$compiler" gcc-mingw-w64-x86-64 || return
    # Debian's wine64 alone puts nothing into PATH.
    have "$runner" || runner=/usr/lib/wine/wine64
    have "$runner" || runner=wine
    needs mingw "$runner" wine64 || return
    # Wine wants an address for itself, and where it has no preloader, as in
    # Debian, one start in some thousand ends because that is taken already.
    ! setarch -R true 2>/dev/null || runner="setarch -R $runner"
    # Its folder here, not in the user's home, and no windows of its own. Two
    # programs at once would each begin to make it, and one of them end.
    export WINEPREFIX=$root/build-port/mingw/wine WINEDLLOVERRIDES=mscoree,mshtml=
    mkdir -p "$WINEPREFIX"
    # shellcheck disable=SC2086 # two commands
    [ -e "$WINEPREFIX/system.reg" ] || $runner wineboot --init >/dev/null 2>&1
    config=(--enable-cross-compile --target-os=mingw32 --arch=x86_64
            "--cross-prefix=$triplet-" --extra-ldflags=-static
            "--target-exec=$runner" --disable-pthreads --enable-w32threads)
}

# sanitizer NAME: by a clang that has the sanitizer's runtime. MemorySanitizer
# sees nothing of what assembly writes.
sanitizer()
{
    local option=memory
    [ "$1" = msan ] || option=thread
    for compiler in clang-16 clang; do
        have "$compiler" && echo 'int main(void) { return 0; }' |
            "$compiler" "-fsanitize=$option" -x c -o /dev/null - 2>/dev/null && break
    done || {
        echo "skip - port, $1: no clang with a runtime for it" \
             "(apt-get install clang libclang-rt-dev)"
        return 1
    }
    config=("--toolchain=clang-$1")
    [ "$1" = tsan ] || config+=(--disable-x86asm --disable-inline-asm)
}

# configuration NAME: the arguments in config, the compiler in compiler.
configuration()
{
    case $1 in
    minimal)
        compiler=gcc config=()
        ! pkg-config --exists libcjson || config=(--enable-libcjson) ;;
    i686)
        [ "$(uname -m)" = x86_64 ] || {
            echo "skip - port, i686: it runs on x86-64 alone"
            return 1
        }
        cross i686 i686-linux-gnu x86_32 i386 ;;
    aarch64) cross aarch64 aarch64-linux-gnu aarch64 arm64 qemu-aarch64 ;;
    armhf) cross armhf arm-linux-gnueabihf arm armhf qemu-arm ;;
    s390x) cross s390x s390x-linux-gnu s390x s390x qemu-s390x ;;
    mingw) mingw ;;
    musl)
        compiler=musl-gcc config=(--extra-ldflags=-static)
        needs musl musl-gcc musl-tools ;;
    tsan | msan) sanitizer "$1" ;;
    esac
}
