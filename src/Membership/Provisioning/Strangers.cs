using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Requests of senders who were not recognized, counted by workspace, token and answer, and written once a minute for each: anybody can
/// send such, so they cost next to nothing and are few lines, however many came.
/// </summary>
internal sealed class Strangers
{
    private const int Most = 200;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Slug, string Token, int Status), Counted> _counted = [];

    public void Add(StrangerNote note, DateTimeOffset at)
    {
        var key = (note.Slug.ToLowerInvariant(), note.TokenHash is { } hash ? Convert.ToHexString(hash) : "", note.Status);
        lock (_lock)
        {
            if (_counted.TryGetValue(key, out var counted))
            {
                (counted.Note, counted.At, counted.Times) = (note, at, counted.Times + 1);
            }
            else if (_counted.Count < Most && note.Slug.Length is > 0 and <= 63)
            {
                _counted[key] = new(note, at);
            }
        }
    }

    /// <summary>Takes out what is due: the first of its kind at once, what follows after a minute.</summary>
    public List<(StrangerNote Note, DateTimeOffset At, int Times)> Take(DateTimeOffset now, bool all)
    {
        lock (_lock)
        {
            List<(StrangerNote, DateTimeOffset, int)> due = [];
            foreach (var (key, counted) in _counted.ToList())
            {
                var isOver = all || counted.ToldAt is not { } told || now - told >= Every || now < told;
                if (isOver && counted.Times > 0)
                {
                    due.Add((counted.Note, counted.At, counted.Times));
                    (counted.Times, counted.ToldAt) = (0, now);
                }
                else if (isOver)
                {
                    _ = _counted.Remove(key);
                }
            }

            return due;
        }
    }

    private sealed class Counted(StrangerNote note, DateTimeOffset at)
    {
        public StrangerNote Note { get; set; } = note;

        public DateTimeOffset At { get; set; } = at;

        public int Times { get; set; } = 1;

        public DateTimeOffset? ToldAt { get; set; }
    }

    /// <summary>
    /// The lines of what is due, of workspaces that there are; of a token of the workspace its name and why it does not open.
    /// </summary>
    public static async Task<IReadOnlyList<ProvisioningLine>> LinesAsync(
        MembershipDb db,
        TimeProvider time,
        IReadOnlyList<(StrangerNote Note, DateTimeOffset At, int Times)> due,
        CancellationToken ct
    )
    {
        List<ProvisioningLine> lines = [];
        foreach (var (note, at, times) in due)
        {
            var batch = new ReadBatch();
            var workspace = batch.Read("SELECT id FROM workspaces WHERE slug = $1", r => r.GetGuid(0), note.Slug.ToLowerInvariant());
            var token = note.TokenHash is { } hash
                ? batch.Read(
                    "SELECT workspace_id, id, name, token_end, expires_at, revoked_at FROM scim_credentials WHERE token_hash = $1",
                    r =>
                        (
                            Workspace: r.GetGuid(0),
                            Id: r.GetGuid(1),
                            Name: r.GetString(2),
                            End: r.GetString(3),
                            ExpiresAt: r.IsDBNull(4) ? (long?)null : r.GetInt64(4),
                            RevokedAt: r.IsDBNull(5) ? (long?)null : r.GetInt64(5)
                        ),
                    hash
                )
                : null;
            await batch.RunAsync(db, ct);
            if (workspace.Rows is not [var id])
            {
                continue;
            }

            var known = token?.Rows is [var found] && found.Workspace == id ? found : default;
            var isOver = note.Status == 401 && known.Name is not null;
            lines.Add(
                new()
                {
                    WorkspaceId = new(id),
                    Id = Id<ProvisioningLine>.New(time),
                    At = at,
                    TookMs = 0,
                    ClientId = known.Id,
                    Client = known.Name ?? "Unknown",
                    UserAgent = ProvisioningText.Plain(note.UserAgent, 200),
                    CycleId = Guid.Empty,
                    Method = ProvisioningText.Plain(note.Method, 32)!,
                    Path = "/",
                    Outcome = ProvisioningOutcome.Refused,
                    Failed = true,
                    Status = note.Status,
                    Code =
                        note.Status == 429 ? ProvisioningAdvice.TooManyRequests
                        : note.TokenHash is null ? ProvisioningAdvice.TokenMissing
                        : isOver ? (known.RevokedAt is null ? ProvisioningAdvice.TokenExpired : ProvisioningAdvice.TokenRevoked)
                        : ProvisioningAdvice.TokenUnknown,
                    Reason = isOver
                        ? $"The token {known.Name} (…{known.End}) {(known.RevokedAt is null ? "ended" : "was revoked")} on "
                            + $"{Day(known.RevokedAt ?? known.ExpiresAt)}."
                        : null,
                    Times = times,
                }
            );
        }

        return lines;
    }

    private static string Day(long? milliseconds) =>
        milliseconds is { } at
            ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)
            : "an unknown day";
}
