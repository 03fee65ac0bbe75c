zfs
rename
k/m.before/c
k/m/c
