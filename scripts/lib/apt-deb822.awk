# deb822 apt sources to "URI<TAB>SIGNED-BY<TAB>SUITES<TAB>COMPONENTS", one line
# for each URI. A key that is given inline goes to the file KEYS-N.asc, or
# nowhere if KEYS is empty.
function flush_stanza(    n, i, uri, key, file)
{
    key = value["signed-by"]
    if (key ~ /BEGIN PGP/ && keys == "") {
        key = ""
    } else if (key ~ /BEGIN PGP/) {
        file = keys "-" ++serial ".asc"
        gsub(/\n \.\n/, "\n\n", key)
        gsub(/\n /, "\n", key)
        sub(/^[ \n]+/, "", key)
        print key > file
        close(file)
        key = file
    }
    gsub(/[ \t\n]+/, " ", key)
    gsub(/^ | $/, "", key)
    if ((" " value["types"] " ") ~ /[ \n]deb[ \n]/ &&
        tolower(value["enabled"]) !~ /no|false/) {
        gsub(/[ \t\n]+/, " ", value["suites"])
        gsub(/[ \t\n]+/, " ", value["components"])
        n = split(value["uris"], uri, /[ \t\n]+/)
        for (i = 1; i <= n; i++)
            if (uri[i] != "")
                print uri[i] "\t" key "\t" value["suites"] "\t" \
                      value["components"]
    }
    split("", value)
}
/^#/ { next }
/^[ \t]*$/ { flush_stanza(); next }
/^[ \t]/ { value[field] = value[field] "\n" $0; next }
{
    field = tolower(substr($0, 1, index($0, ":") - 1))
    value[field] = substr($0, index($0, ":") + 1)
}
END { flush_stanza() }
