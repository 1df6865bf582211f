using System.Buffers.Binary;
using System.Data.Common;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// What a request takes for granted of its token: what the token opened less than a minute ago. Nothing goes out and nothing is written on
/// that alone. The first batch of reads that the request sends anyway asks for it too, or else the write of its act, in the same
/// transaction; so a token that was revoked is dead at once, as if it had been asked for in a round trip of its own.
/// </summary>
/// <param name="hash">SHA-256 of the token.</param>
/// <param name="workspace">The workspace that it opened.</param>
/// <param name="version">The workspace's version then.</param>
/// <param name="expiresAt">When it ends by itself; null for never.</param>
internal sealed class TokenProof(byte[] hash, Id<Workspace> workspace, long version, DateTimeOffset? expiresAt)
{
    private const string Tokens = "scim_credentials c JOIN workspaces w ON w.id = c.workspace_id";
    private static readonly string One = $"SELECT true FROM {Tokens} WHERE {Holds("$1", "$2", "$3")}";
    private readonly object[] _values = [hash, expiresAt?.ToUnixTimeMilliseconds() ?? 0L, version];

    /// <summary>The workspace.</summary>
    public Id<Workspace> Workspace => workspace;

    /// <summary>Its version when the token was read.</summary>
    public long Version => version;

    /// <summary>Whether it was shown, in this request.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Shows it by a round trip of its own, where nothing did before.</summary>
    /// <exception cref="StaleTokenException">It is so no more.</exception>
    public static async Task ShowAsync(TokenProof? proof, Store store, CancellationToken ct)
    {
        if (proof is { IsShown: false })
        {
            await using var db = store.Read();
            await new ReadBatch().ShowAsync(db, proof, ct);
        }
    }

    /// <summary>The read that shows it, for a batch.</summary>
    public BatchedRead<bool> Read() => new(One, _ => true, _values);

    /// <summary>Takes what that read found.</summary>
    /// <exception cref="StaleTokenException">It is so no more.</exception>
    public void Take(BatchedRead<bool> read)
    {
        if (read.Rows.Count != 1)
        {
            throw new StaleTokenException();
        }

        Show();
    }

    /// <summary>It was shown: by a read, or by a write that would have failed.</summary>
    public void Show()
    {
        IsShown = true;
        WorkspaceContext.Saw(workspace, version);
    }

    /// <summary>The question of a write that shows what acts which leave together take for granted; null where that is nothing.</summary>
    public static Question? Ask(IEnumerable<TokenProof?> proofs)
    {
        var open = proofs.OfType<TokenProof>().Where(p => !p.IsShown).DistinctBy(p => (p.Key, p.Version)).ToList();
        if (open.Count == 0)
        {
            return null;
        }

        var values = new List<Func<DbCommand, DbParameter>>(3 * open.Count);
        string Bind(object value)
        {
            var name = PositionalName.Of(values.Count);
            values.Add(Value.Of(name, value));
            return name;
        }

        var where = string.Join(" OR ", open.Select(p => $"({Holds(Bind(p._values[0]), Bind(p._values[1]), Bind(p._values[2]))})"));
        return new($"SELECT 1 FROM {Tokens} WHERE {where}", values, open.Count, GuardFailure.Token);
    }

    /// <summary>By what a token is remembered: the first half of its hash.</summary>
    public static UInt128 KeyOf(byte[] hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);

    /// <summary>The one condition; one text for any token: what never ends says 0.</summary>
    private static string Holds(string hash, string end, string version) =>
        $"c.token_hash = {hash} AND c.revoked_at IS NULL AND COALESCE(c.expires_at, 0) = {end} AND w.version = {version}";

    private UInt128 Key { get; } = KeyOf(hash);
}

/// <summary>A token opens no more what it opened a short while ago: whoever asked is recognized anew, and begins again.</summary>
public sealed class StaleTokenException : Exception;
