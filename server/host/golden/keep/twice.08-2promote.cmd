zfs
promote
k/t
