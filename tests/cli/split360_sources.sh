#!/usr/bin/env bash
# What scripts/split360 makes of sources that are not a whole panorama in one
# video: raw files of cameras, parts of panoramas, several videos, pictures that
# FFmpeg cannot read, and streams that end at odd places. See lib/split360.sh.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"

options=(--size 96x96 --device cpu)
make_source() { /usr/bin/python3 -B "$cli/lib/make_source.py" "$@"; }

make_sources() {
    local circles="lum='if(lte(hypot(mod(X,256)-127.5,Y-127.5),126),170,4)':cb=128:cr=128"
    ff -f lavfi -i testsrc2=s=512x256:r=10:d=1 -c:v libx264 -pix_fmt yuv420p pano.mp4
    ff -f lavfi -i testsrc2=s=256x256:r=10:d=1 -c:v libx264 -pix_fmt yuv420p square.mp4
    ff -f lavfi -i testsrc2=s=768x252:r=10:d=1 -c:v libx264 -pix_fmt yuv420p faces.mp4
    ff -f lavfi -i testsrc2=s=512x256 -frames:v 1 pano.png
    ff -i pano.png -pix_fmt yuvj420p -q:v 2 pano.jpg
    ff -f lavfi -i color=gray:s=512x256 -vf "format=yuvj420p,geq=$circles" -frames:v 1 circles.jpg
    # A street at night: dark above and below, light at the height of the eyes.
    ff -f lavfi -i color=gray:s=512x256 -vf \
        "format=yuvj420p,geq=lum='if(lt(abs(Y-128),70),170,4)':cb=128:cr=128" -frames:v 1 night.jpg
}

test_raw() {
    local name
    for name in v.insv v.INSV p.insp v.osv v.360; do
        cp pano.mp4 "$name"
        refuse_source "refuses a raw file, $name" "raw file.*make a panorama" "$name"
    done
    takes "--input takes it" 10 '' v.insv --input equirect
    cp square.mp4 V_00_1.mp4
    cp square.mp4 V_10_1.mp4
    refuse_source "refuses one file of a pair" "two files of two lenses, beside V_10_1.mp4" V_00_1.mp4
    refuse_source "and the other" "beside V_00_1.mp4" V_10_1.mp4
    takes "--input fisheye takes it" 10 '' V_00_1.mp4 --input fisheye
    ff -i square.mp4 -i square.mp4 -map 0 -map 1 -c copy two.mp4
    refuse_source "refuses two square videos" "two square videos" two.mp4
    ff -i faces.mp4 -i faces.mp4 -map 0 -map 1 -c copy eac.mp4
    refuse_source "refuses two videos of three faces" "three faces each" eac.mp4
    refuse_source "refuses two circles" "two fisheye circles.*--input dfisheye" circles.jpg
    takes "--input dfisheye takes them" 1 '' circles.jpg --input dfisheye
    takes "a panorama that is dark above and below" 1 '' night.jpg
    takes "a panorama whose name is like that of a pair" 10 '' pano.mp4
}

# A picture is made a part of a panorama that is black elsewhere.
cut_out() { # file, WxH+X+Y
    local w=${2%%x*} h y
    h=${2#*x} h=${h%%+*} y=${2##*+} x=${2#*+} x=${x%+*}
    ff -i pano.png -vf "crop=$w:$h:$x:$y" part.png
    ff -i part.png -vf "pad=512:256:$x:$y" whole.png
    make_source gpano part.png "$1" "512x256+$x+$y" "${w}x$h"
}

test_parts() {
    local place
    for place in 512x128+0+64 301x131+100+31 200x256+312+0; do
        cut_out "crop.png" "$place"
        anew whole.png --format png
        rm -rf want
        mv out want
        takes "a part of a panorama, $place" 1 'warning: .*cropped' crop.png --format png
        check "has the images of the whole one" "" "$(diff -rq want/images out/images)"
    done
    takes "--input equirect takes it for a whole one" 1 'not 2:1' crop.png --input equirect
    cut_out crop.png 301x131+100+31
    ff -i part.png -pix_fmt yuvj420p -q:v 2 part.jpg
    make_source gpano part.jpg crop.jpg 512x256+100+31 301x131
    takes "a part at an odd place, JPEG" 1 'warning: .*cropped' crop.jpg
    check "keeps its chroma in place by 4:4:4" yuvj444p "$("$FFPROBE" -v error -show_entries \
        stream=pix_fmt -of csv=p=0 out/images/view_00/000001.jpg)"
    takes "a mask of the part's size" 1 'warning: .*cropped' crop.png --mask part.png
    make_source gpano pano.png crop.png 1024x512+0+0 1024x512
    takes "a part that is all of it" 1 '' crop.png
    make_source gpano part.jpg crop.jpg 1024x512+200+62 602x262
    takes "a part that was scaled since" 1 '100,31 of a panorama of 512 x 256' crop.jpg
    make_source gpano part.jpg crop.jpg 1024x512+0+0 700x131
    refuse_source "refuses a part that does not fit" "does not fit its size" crop.jpg
    make_source gpano part.jpg crop.jpg 512x256+300+31 301x131
    refuse_source "refuses a part beyond its panorama" "does not fit its size" crop.jpg
    mkdir parts
    make_source gpano part.jpg parts/1.jpg 512x256+100+31 301x131
    make_source gpano part.jpg parts/2.jpg 512x256+100+32 301x131
    refuse_source "refuses parts of two places" "of 512x256+100+32, the first one is .*+31" parts
}

test_spheres() {
    make_source sphere pano.mp4 a.mp4 equi 0 0 .25 .25
    takes "a half sphere by its bounds" 10 "hequirect" a.mp4
    make_source stereo pano.mp4 a.mp4 equi 0 0 .25 .25
    takes "VR180 by its bounds" 10 "hequirect" a.mp4
    make_source sphere pano.mp4 a.mp4 equi .25 .25 0 0
    takes "a part of a sphere by its bounds" 10 "0,128 of a panorama of 512 x 512" a.mp4
    make_source sphere pano.mp4 a.mp4 mesh
    refuse_source "refuses a mesh" "mesh.*--input, eac" a.mp4
    takes "--input takes it, and finds no damage" 10 '' a.mp4 --input eac
    takes "views that see nothing" 1 'warning: 3 of 8 views see nothing.*view_03 view_04 view_05' \
        pano.png --input hequirect
}

test_tracks() {
    ff -i pano.png -vf scale=1024:512 cover.png
    ff -i cover.png -i pano.mp4 -map 1 -map 0 -c copy -disposition:v:1 attached_pic covered.mp4
    takes "a cover is no video" 10 '' covered.mp4
    ff -f lavfi -i sine=d=1 -i pano.png -map 0:a -map 1:v -c:v copy -disposition:v attached_pic \
        -c:a aac cover.mp4
    refuse_source "refuses sound with a cover" "no video" cover.mp4
    ff -i square.mp4 -i pano.mp4 -map 0 -map 1 -c copy tracks.mp4
    takes "of two videos the larger one" 10 \
        'warning: .*2 videos (0: h264 256x256, 1: h264 512x256): number 1' tracks.mp4
    takes "and so for --sharpest" 5 'number 1 is taken' tracks.mp4 --sharpest 2
}

# Frames come turned from ffmpeg, which a file's size alone does not tell.
test_turned() {
    ff -display_rotation 90 -i pano.mp4 -c copy turned.mp4
    takes "a panorama that is turned by 90 degrees is none" 10 'not 2:1.* 0.50:1' turned.mp4
    ff -i pano.mp4 -vf transpose=clock -c:v libx264 -qp 0 upright.mp4
    ff -display_rotation 90 -i upright.mp4 -c copy turned.mp4
    ff -i upright.mp4 -vf transpose=cclock -c:v libx264 -qp 0 plain.mp4
    rm -rf want
    "$split" plain.mp4 want --device cpu --rig ring2 --quiet 2>log
    rm -rf out
    "$split" turned.mp4 out --device cpu --rig ring2 --quiet 2>log
    check "what metadata turn into a panorama: its images, of its size" "" \
        "$(diff -rq want/images out/images)"
    check "and it is said" 1 "$(grep -c 'warning: .*turn it by 90 degrees' log)"
    check "without a word of another shape" 0 "$(grep -c 'not 2:1' log)"
    ff -display_rotation 180 -i pano.mp4 -c copy -f mov turned.mp4
    make_source sphere turned.mp4 a.mp4 equi .25 .25 0 0
    refuse_source "refuses a part that is turned" "cannot be used for a turned source" a.mp4
}

# EXIF's orientation is that of a picture's pixels in its file.
test_turned_pictures() {
    ff -i pano.mp4 -frames:v 1 -vf transpose=cclock -pix_fmt yuvj444p -q:v 2 up.jpg
    make_source exif up.jpg a.jpg 6
    ff -i up.jpg -vf transpose=clock plain.png
    rm -rf want out
    "$split" plain.png want --rig ring2 --format png --quiet
    "$split" a.jpg out --rig ring2 --format png --quiet 2>log
    check "a picture that EXIF turns: the size of its views" \
        "$(grep PINHOLE want/cameras.txt)" "$(grep PINHOLE out/cameras.txt)"
    check "it is said" 1 "$(grep -c 'warning: .*turn it by -90 degrees' log)"
    check "without a word of another shape" 0 "$(grep -c 'not 2:1' log)"
    make_source exif up.jpg a.jpg 1
    anew a.jpg
    check "an upright picture that EXIF does not turn" 1 "$(grep -c 'not 2:1' log)"
}

test_unreadable() {
    local kind
    for kind in tiles jpeg; do
        make_source tiff a.tif $kind
        refuse_source "refuses a TIFF of $kind" "TIFF of .*convert it" a.tif
    done
    make_source tiff a.tif strips
    takes "a TIFF of strips" 1 '' a.tif
    make_source heif a.heic
    refuse_source "refuses a HEIF of tiles" "HEIF of 4 tiles, 128x128 in all.*convert it" a.heic
    sed 's/avc1/evc1/g' pano.mp4 >a.mp4
    refuse_source "refuses a codec without a decoder, by name" "it is evc, for which .*no decoder" a.mp4
}

test_ends() {
    local o i
    ff -f lavfi -i testsrc2=s=512x256:r=30:d=6 -c:v libx264 -g 250 long.mp4
    ff -ss 3.5 -i long.mp4 -t 2 -c copy clip.mp4
    takes "frames before the start that an edit list hides" 62 '' clip.mp4 --rig ring2
    ff -i pano.mp4 -f lavfi -i sine=d=4 -map 0 -map 1 -c:v copy -c:a aac sound.mp4
    ff -i sound.mp4 -c copy sound.mkv
    takes "sound that lasts longer, mp4" 2 '' sound.mp4 --fps 2
    takes "sound that lasts longer, mkv" 10 '' sound.mkv
    ff -f lavfi -i testsrc2=s=512x256:r=30:d=4 -c:v libx264 -x264-params \
        keyint=30:open-gop=1:bframes=3 open.mp4
    takes "--from amid open groups of pictures" 15 '' open.mp4 --from 2.5 --to 3
    ff -f lavfi -i testsrc2=s=128x64:r=12:d=20 -c:v libx264 -x264-params \
        intra-refresh=1:keyint=24:bframes=2 refresh.mp4
    anew refresh.mp4
    rm -rf whole wrong
    mv out whole
    for o in 1 3 5 7 9 11 13 15 17; do
        anew refresh.mp4 --from "$o.5" --to "$((o + 1))"
        for i in 1 2 3 4 5 6; do
            cmp "out/images/view_00/00000$i.jpg" \
                "whole/images/view_00/$(printf %06d $((o * 12 + 6 + i))).jpg" >>wrong 2>&1
        done
    done
    check "--from amid an intra refresh" 0 "$(wc -l <wrong)"
    ff -i open.mp4 -c copy -bsf:v "noise=amount='if(between(n,82,83),20,0)'" damaged.mp4
    anew damaged.mp4 --from 2.5 --to 3
    check "damage after --from is told" 1 "$(grep -c 'error: the source is damaged at 2.733 s' log)"
    for o in "--from 0.98" "--fps 0.01"; do
        # shellcheck disable=SC2086 # an option and its value
        refuse_source "no frame, $o" "no frame came.*--fps" pano.mp4 $o
    done
    ff -f lavfi -i testsrc2=s=512x256:r=2000:d=0.02 -c:v ffv1 -enc_time_base 1/10000 fast.nut
    ff -f lavfi -i testsrc2=s=512x256:r=30:d=1 -vf 'settb=1/1000,setpts=trunc(N/3)*100' \
        -fps_mode passthrough -enc_time_base filter -c:v png triples.mkv
    for o in jpg png tif; do
        takes "three frames of each time, $o" 30 '' triples.mkv --format "$o"
    done
    anew fast.nut --names pts
    check "two frames in a millisecond" 1 "$(grep -c 'error: .*one millisecond; use --names number' log)"
}

run_tests "$@"
