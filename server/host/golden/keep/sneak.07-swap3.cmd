zfs
promote
k/s
