zfs
rename
-u
k/p/f
k/p/f.before
