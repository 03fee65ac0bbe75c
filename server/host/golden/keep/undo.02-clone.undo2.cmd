zfs
rename
k/u.before
k/u
