zfs
rename
k/e/v.before
k/e/v
