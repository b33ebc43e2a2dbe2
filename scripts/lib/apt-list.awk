# One-line apt sources: "deb [option=value ...] URI SUITE COMPONENT..."
# to "URI<TAB>SIGNED-BY<TAB>SUITES<TAB>COMPONENTS".
{ sub(/#.*/, "") }
$1 != "deb" { next }
{
    key = ""
    if (match($0, /\[[^]]*\]/)) {
        n = split(substr($0, RSTART + 1, RLENGTH - 2), option, " ")
        for (i = 1; i <= n; i++)
            if (sub(/^signed-by=/, "", option[i]))
                key = option[i]
        $0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
    }
    components = ""
    for (i = 4; i <= NF; i++)
        components = components " " $i
    print $2 "\t" key "\t" $3 "\t" components
}
