# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# The machine's own apt sources, as apt.sh needs them.

# Print "URI<TAB>SIGNED-BY<TAB>SUITES<TAB>COMPONENTS" for every source of
# binary packages, of both formats. Keys given inline go to files in $apt_dir;
# without that folder they are left out.
apt_list_sources()
{
    local etc=${APT_ETC:-/etc/apt} file
    for file in "$etc"/sources.list "$etc"/sources.list.d/*.list; do
        [ -r "$file" ] && awk -f "$lib_dir/apt-list.awk" "$file"
    done
    for file in "$etc"/sources.list.d/*.sources; do
        [ -r "$file" ] &&
            awk -v keys="${apt_dir:+$apt_dir/key}" -f "$lib_dir/apt-deb822.awk" "$file"
    done
    return 0
}

# Print "URI<TAB>SIGNED-BY" of the machine's Debian archives: those that carry
# a whole Debian suite, not the repositories of others.
apt_debian_archives()
{
    local id='' codename=''
    # shellcheck disable=SC1091
    [ -r /etc/os-release ] && id=$(. /etc/os-release && echo "${ID:-}") &&
        codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ "$id" = debian ] || [ -n "${APT_ETC:-}" ] || return 0
    apt_list_sources | awk -F '\t' -v code="$codename" '
        $1 ~ /^cdrom:/ || $1 !~ /debian/ { next }
        (" " $4 " ") !~ / main / { next }
        {
            n = split($3, suite, " ")
            for (i = 1; i <= n; i++)
                if (suite[i] == code ||
                    suite[i] ~ /^(sid|unstable|testing|stable|oldstable)$/) {
                    if (!seen[$1]++)
                        print $1 "\t" $2
                    next
                }
        }'
}
