zfs
rename
k/m.before
k/m
