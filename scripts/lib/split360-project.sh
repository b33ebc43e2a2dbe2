# Sourced by split360: the files that readers of the images want.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

rig_arguments() {
    rig_args=(--source "${eye_w}x$eye_h" --input "$projection")
    if [[ -n $views_file ]]; then rig_args+=(--views "$work/views.txt")
    else rig_args+=(--rig "$rig"); fi
    [[ -z $size_w ]] || rig_args+=(--size "${size_w}x$size_h")
    [[ -z $fov ]] || rig_args+=(--fov "$fov")
    [[ -z $eye ]] || rig_args+=(--eye "$eye")
}

write_rig_files() {
    local reason rc=0
    [[ $kind == images ]] || return 0
    (cd "$work" && rm -rf rig_config.json cameras.txt database.sh transforms.json nerf xmp)
    case $reader in
    nerfstudio) set -- nerfstudio "$work/nerf" --instance "$(image_names "${names[0]}" | head -n 1)" ;;
    realityscan) pose_files; return ;;
    *) set -- colmap "$work" ;;
    esac
    "$V360RIG" "$1" "${rig_args[@]}" -o "$2" "${@:3}" >/dev/null 2>"$log" || rc=$?
    if ((rc)); then
        reason=$(plain "$log" | grep -v '^ *$' | head -n 1)
        ((rc == 1)) || die "cannot write to $outdir: $reason"
        [[ -z $reader ]] || die "no files for $reader: $reason"
        say "no files for COLMAP: $reason"
        return
    fi
    if [[ $1 == colmap ]]; then
        colmap_commands >"$work/database.sh" || die "cannot write to $outdir"
        chmod +x "$work/database.sh"
    else
        mv "$work/nerf/transforms.json" "$work/" || die "no transforms.json"
        rmdir "$work/nerf"
    fi
}

# RealityScan reads the pose from beside the image, and which images were taken
# together from a word that is the same for them.
pose_files() {
    local image name list
    list=$(image_names "${names[0]}") || die "cannot read the images of ${names[0]} in $outdir"
    while read -r image; do
        [[ -n $image ]] || continue
        "$V360RIG" realityscan "${rig_args[@]}" --instance "${image%.*}" -o "$work/xmp" \
            >/dev/null 2>"$log" || die "no files for realityscan: $(plain "$log" | head -n 1)"
        for name in "${names[@]}"; do
            mkdir -p "$work/images/$name"
            mv "$work/xmp/$name.xmp" "$work/images/$name/${image%.*}.xmp" ||
                die "cannot write to $outdir"
        done
    done <<<"$list"
    rm -rf "$work/xmp"
}

colmap_commands() {
    local matcher=sequential_matcher masks=
    ((folder)) && matcher=exhaustive_matcher
    [[ ! -d $work/masks ]] || masks=' --ImageReader.mask_path masks'
    cat <<END2
#!/bin/sh
# COLMAP 3.12 or newer: one pose a panorama, with the rig and the lenses fixed.
set -e
cd "\$(dirname "\$0")"
extract= match=
# Without CUDA it uses a GPU by OpenGL, for which it needs a display.
if [ -z "\$DISPLAY\$WAYLAND_DISPLAY" ] && colmap help 2>&1 | grep -q 'without CUDA'; then
    for part in Sift Feature; do # until 3.12, and since
        colmap feature_extractor --help 2>&1 | grep -q -e "--\${part}Extraction.use_gpu" || continue
        extract="--\${part}Extraction.use_gpu 0" match="--\${part}Matching.use_gpu 0"
    done
fi
colmap feature_extractor --database_path database.db --image_path images \$extract \\
    --ImageReader.single_camera_per_folder 1 --ImageReader.camera_model PINHOLE$masks
colmap rig_configurator --database_path database.db --rig_config_path rig_config.json
colmap $matcher --database_path database.db \$match
mkdir -p sparse
colmap mapper --database_path database.db --image_path images --output_path sparse \\
    --Mapper.ba_refine_sensor_from_rig 0 --Mapper.ba_refine_focal_length 0 \\
    --Mapper.ba_refine_principal_point 0 --Mapper.ba_refine_extra_params 0
END2
}
