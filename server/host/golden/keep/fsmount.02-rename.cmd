zfs
rename
k/m
k/m.before
