zfs
promote
k/e/r
