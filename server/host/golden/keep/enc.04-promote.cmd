zfs
promote
k/e/v
