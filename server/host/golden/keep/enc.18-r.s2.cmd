zfs
rename
k/e/r.before
k/e/r
