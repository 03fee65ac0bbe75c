zfs
promote
k/r
