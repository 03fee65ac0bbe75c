zfs
promote
--
k/xdash
