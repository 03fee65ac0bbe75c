zfs
rename
k/u
k/u.before
