# Sourced by split360: which frames are the sharpest ones.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# By an earlier run; it must be a choice and nothing else.
sharpest_is_known() {
    local line='[eqiflt0-9n(),]+'
    ((!folder)) || line='[0-9]{1,9}'
    [[ -s $work/sharpest ]] && ! grep -qvxE "$line" "$work/sharpest"
}

# The order of frames decides the choice, so the analysis sees all of them.
# A binary tree, for a long sum would be evaluated for each frame of hours.
find_sharpest() {
    local rc=0 graph
    [[ -n $sharpest ]] && ! sharpest_is_known || return 0
    say "looking for the sharpest of $sharpest frames each"
    set_input 0
    graph=${fps:+fps=$fps,}$fetch"scale='min(iw,1920)':-2,blurdetect"
    graph+=,metadata=print:key=lavfi.blur:file=blur
    ffmpeg --quiet -- "${input_device[@]}" "${source_args[@]}" -map "0:$stream" -vf "$graph" -f null - || rc=$?
    ((rc == 0)) || fail_ffmpeg "$rc"
    awk -v window="$sharpest" -v list="$folder" '
        /^frame:/ { n = substr($1, 7) + 0 }
        /blur=/ {
            value = substr($0, index($0, "=") + 1) + 0
            if ($0 ~ /nan/) value = 1e9
            w = int(n / window)
            if (!(w in best) || value < least[w]) { best[w] = n; least[w] = value }
            if (w > last) last = w
        }
        function tree(lo, hi,    mid) {
            if (lo == hi) return "eq(n," best[lo] ")"
            mid = int((lo + hi) / 2)
            return "if(lt(n," best[mid + 1] ")," tree(lo, mid) "," tree(mid + 1, hi) ")"
        }
        END { if (list) for (w = 0; w <= last; w++) print best[w]
              else printf "%s", tree(0, last) }' "$work/blur" >"$work/choice" ||
        die "cannot write to $outdir"
    "$V360JOB" store "$work/sharpest" <"$work/choice" 2>"$log" ||
        die "cannot write to $outdir: $(<"$log")"
}
