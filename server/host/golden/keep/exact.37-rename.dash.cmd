zfs
rename
--
k/xdash
k/xdash2
