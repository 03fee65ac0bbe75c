zfs
clone
--
k/x@dash
k/xdash
