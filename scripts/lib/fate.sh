# shellcheck shell=bash disable=SC2154 # one program with the others
# Lines of tests, and FATE's as such lines.

result()
{
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; return 1; fi
}

# run_fate FOLDER LABEL VARIABLE...
run_fate()
{
    local dir=$1 label=$2 log made=0
    shift 2
    log=$(mktemp)
    make -C "$dir" -k -j "$jobs" fate-v360batch "$@" >"$log" 2>&1 || made=1
    # A program that does not build is no test that fails: make knows of it.
    awk -v label="$label" -v made="$made" '
        /^TEST/ { tests[$2] = 1 }
        /^Test .* failed\./ { bad[$2] = 1 }
        END {
            for (t in tests)
                print (t in bad ? "not ok" : "ok") " - " label ": " t
            if (!length(tests) || (made && !length(bad)))
                print "not ok - " label ": make failed"
        }' "$log" | sort
    grep -q '^not ok\|failed\|Error' "$log" && grep -v '^TEST' "$log" | tail -n 40
    rm -f "$log"
}

# run_checkasm FOLDER LABEL
run_checkasm()
{
    local log status tests=(fate-checkasm-v360batch fate-checkasm-v360batch_mix)
    # The builds of scripts/check-port have no zlib.
    ! grep -q '^#define CONFIG_PNG_ENCODER 1' "$1/config_components.h" ||
        tests+=(fate-checkasm-pngencdsp)
    log=$(make -C "$1" -j "$jobs" "${tests[@]}" 2>&1)
    status=$?
    [ "$status" = 0 ] || grep -v '^CC' <<<"$log" | tail -n 40
    result "$status" "$2"
}
