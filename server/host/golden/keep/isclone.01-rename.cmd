zfs
rename
k/i
k/i.before
