zfs
rename
k/e/r
k/e/r.before
