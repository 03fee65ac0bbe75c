zfs
promote
k2/v
