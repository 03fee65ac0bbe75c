zfs
rename
k/e/v
k/e/v.after
