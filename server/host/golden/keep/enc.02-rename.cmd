zfs
rename
k/e/v
k/e/v.before
