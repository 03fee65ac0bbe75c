zfs
rename
k/c.before
k/c
