# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# What goes into each build, as arguments of FFmpeg's configure.

# Of these libraries, what configure asks for.
dav1d_least=1.0.0
isal_least=2.30.0
jxl_least=0.7.0

# All decoders, parsers, demuxers and bitstream filters stay; the lists below
# are what extraction and transcoding need of the rest.
default_encoders=mjpeg,png,tiff,rawvideo,ffv1,wrapped_avframe,aac,flac
default_encoders+=,libx264,libx264rgb,libx265,h264_nvenc,hevc_nvenc,av1_nvenc,mjpeg_cuda
default_encoders+=,libturbojpeg,pcm_s16le,pcm_s24le,pcm_f32le,pcm_u8
default_muxers=image2,image2pipe,mp4,mov,matroska,webm,mpegts,null,rawvideo
default_muxers+=,framemd5,framecrc,framehash,md5,hash,crc,yuv4mpegpipe,nut
default_muxers+=,mjpeg,h264,hevc,segment,tee,ffmetadata,wav,pcm_s16le
default_filters=v360,geotag,v360batch,v360batch_cuda,split,fps,select,trim,loop,scale
default_filters+=,format,noformat,crop,hstack,vstack,xstack,psnr,ssim,identity
default_filters+=,blend,tblend,thumbnail,blurdetect,blockdetect,null,copy
default_filters+=,setpts,settb,setsar,setdar,setrange,setparams,setfield
default_filters+=,sidedata,metadata,showinfo,signalstats,extractplanes
default_filters+=,mergeplanes,alphaextract,alphamerge,premultiply,unpremultiply
default_filters+=,colorchannelmixer,colorkey,lut,lutrgb,lutyuv,lut2,lut3d
default_filters+=,haldclut,eq,hue,curves,colorspace,noise,gblur,unsharp,negate
default_filters+=,geq,remap,drawbox,drawgrid,rotate,transpose,hflip,vflip,pad
default_filters+=,fillborders,fade,overlay,tile,untile,stereo3d,framepack,bwdif
default_filters+=,yadif,idet,interleave,streamselect,concat,reverse,tpad
default_filters+=,framestep,decimate,mpdecimate,freezedetect,scdet,cropdetect
default_filters+=,fieldorder,perms,realtime,sendcmd,bench,shuffleplanes,swapuv
default_filters+=,limiter,maskedmerge,hwupload,hwdownload,hwmap,buffer
default_filters+=,buffersink,nullsink,movie,color,colorchart,colorspectrum,nullsrc
default_filters+=,allrgb,allyuv,testsrc,testsrc2,rgbtestsrc,yuvtestsrc
default_filters+=,gradients,mandelbrot,smptebars,smptehdbars,haldclutsrc,perlin
default_filters+=,zoneplate,sierpinski,life,abuffer,abuffersink,anullsink
default_filters+=,anull,aresample
default_filters+=,aformat,atrim,asetpts,asplit,aloop,anullsrc,sine,amovie
default_filters+=,volume,asettb,apad,acopy,aperms,ametadata,ashowinfo,asendcmd
default_filters+=,arealtime,aselect,areverse
asan_filters=v360,geotag,v360batch,split,format,noformat,scale,null,copy,crop,trim
asan_filters+=,loop,select,hstack,vstack,xstack,setpts,settb,setsar,setparams
asan_filters+=,noise,geq,metadata,sidedata,showinfo,signalstats,sendcmd
asan_filters+=,streamselect,extractplanes,alphaextract,alphamerge,psnr,ssim
asan_filters+=,identity,blend,interleave,concat,stereo3d,buffer,buffersink
asan_filters+=,color,nullsrc,testsrc,testsrc2,rgbtestsrc,yuvtestsrc,gradients
asan_filters+=,smptebars,mandelbrot,movie,fps,hflip,vflip,transpose,realtime

# optional_lib PKG_CONFIG_NAME ARGS...: ARGS where pkg-config knows the library.
optional_lib()
{
    local name=$1
    shift
    if pkg-config --exists "$name" 2>/dev/null; then
        configure_args+=("$@")
    else
        note "$name not found: built without it"
    fi
}

# libjpeg is the name of several libraries, and only the header says which one is
# there. configure stops at one that the encoder is not for.
optional_turbojpeg()
{
    # shellcheck disable=SC2046 # several words, or none
    if pkg-config --exists libjpeg 2>/dev/null &&
        ${CC:-gcc} -E -x c $(pkg-config --cflags libjpeg) - >/dev/null 2>&1 <<END
#include <jpeglib.h>
#if LIBJPEG_TURBO_VERSION_NUMBER < 2000000 || defined(JPEG_C_PARAM_SUPPORTED)
#error "not libjpeg-turbo 2.0 or later"
#endif
END
    then
        configure_args+=(--enable-libturbojpeg)
    else
        note "libjpeg-turbo not found: built without it"
    fi
}

# The arguments both profiles share; fills configure_args.
common_profile()
{
    configure_args=(--enable-gpl --disable-doc)
    optional_turbojpeg
    optional_lib "libisal >= $isal_least" --enable-libisal
    optional_lib x264 --enable-libx264
    optional_lib x265 --enable-libx265
    optional_lib libcjson --enable-libcjson
    compiler_args
}

compiler_args()
{
    local cache=
    ! have ccache || cache='ccache '
    configure_args+=("--cc=$cache${CC:-gcc}" "--cxx=$cache${CXX:-g++}")
}

# -O2 makes the build a fifth shorter than FFmpeg's -O3; v360batch/Makefile sees to
# it that our files and v360, which bench compares, are compiled with -O3.
default_profile()
{
    common_profile
    # shellcheck disable=SC2054 # the commas are FFmpeg's
    configure_args+=(
        --optflags=-O2 --disable-autodetect --enable-zlib --enable-pthreads
        --disable-ffplay --disable-debug --disable-network
        --disable-encoders "--enable-encoder=$default_encoders"
        --disable-muxers "--enable-muxer=$default_muxers"
        --disable-filters "--enable-filter=$default_filters"
        --disable-protocols --enable-protocol=file,pipe,fd,data,concat
        --disable-devices --enable-indev=lavfi
        --enable-ffnvcodec --enable-cuda --enable-cuvid --enable-nvdec
        --enable-nvenc)
    optional_lib "dav1d >= $dav1d_least" --enable-libdav1d
    optional_lib "libjxl >= $jxl_least" --enable-libjxl
    [ ! -e /usr/include/bzlib.h ] || configure_args+=(--enable-bzlib)
    optional_lib liblzma --enable-lzma
}

# Leaves out nothing that FFmpeg's configure can find by itself.
full_profile()
{
    common_profile
}

# What the FATE tests of the filters need and no more, under ASan and UBSan.
asan_profile()
{
    # shellcheck disable=SC2054 # the commas are FFmpeg's
    configure_args=(
        --toolchain=gcc-asan-ubsan --disable-everything --disable-autodetect
        --disable-doc --disable-network --enable-pthreads --disable-stripping
        --optflags=-O1 --enable-gpl --assert-level=2 --enable-zlib
        --enable-indev=lavfi --enable-protocol=file,pipe,fd,data
        --enable-decoder=rawvideo,wrapped_avframe,png,mjpeg,mjpeg_pictures,tiff
        --enable-encoder=rawvideo,wrapped_avframe,png,mjpeg,tiff,pcm_s16le
        --enable-encoder=libturbojpeg
        --enable-parser=png,mjpeg
        --enable-demuxer=rawvideo,image2,framecrc,nut,image_png_pipe,mov,yuv4mpegpipe
        --enable-muxer=rawvideo,framemd5,framecrc,null,md5,hash,image2,nut,mov
        "--enable-filter=$asan_filters")
    optional_turbojpeg
    optional_lib "libisal >= $isal_least" --enable-libisal
    optional_lib libcjson --enable-libcjson
    compiler_args
}
