using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Schemes that nobody registered: one for each version of each connection, there from the moment at which its row was
/// read. Another version is another scheme, so that nothing made for the old one outlives a change.
/// </summary>
internal sealed class ConnectionSchemes(IOptions<AuthenticationOptions> options, ConnectionRows rows)
    : AuthenticationSchemeProvider(options)
{
    /// <inheritdoc/>
    public override Task<AuthenticationScheme?> GetSchemeAsync(string name) =>
        rows.Of(name) is null
            ? base.GetSchemeAsync(name)
            : Task.FromResult<AuthenticationScheme?>(new(name, null, typeof(ConnectionHandler)));
}

/// <summary>
/// The connections that were read, by scheme: options are made without waiting, so their row is read before. For each
/// connection its newest version and the one before, which a request in flight may still have; a bounded number of them, of which
/// the one that was not used for longest goes first.
/// </summary>
internal sealed class ConnectionRows(IOptionsMonitorCache<OpenIdConnectOptions> cache)
{
    private const int MostKept = 5000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ConnectionWithSecret> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<Id<IdentityConnection>, List<long>> _versions = [];
    private readonly Dictionary<Id<IdentityConnection>, long> _uses = [];
    private long _use;

    /// <summary>How many versions of connections are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rows.Count;
            }
        }
    }

    /// <summary>Keeps a row that was read now, and gives its scheme's name.</summary>
    public string Keep(ConnectionWithSecret connection)
    {
        var (id, version) = (connection.Row.Id, connection.Row.Version);
        var name = Name(id, version);
        lock (_gate)
        {
            if (_rows.TryAdd(name, connection))
            {
                if (_versions.Count >= MostKept && !_versions.ContainsKey(id))
                {
                    Drop(_uses.MinBy(used => used.Value).Key);
                }

                if (!_versions.TryGetValue(id, out var kept))
                {
                    _versions[id] = kept = [];
                }

                kept.Add(version);
                kept.Sort();
                for (; kept.Count > 2; kept.RemoveAt(0))
                {
                    Drop(Name(id, kept[0]));
                }
            }

            _uses[id] = ++_use;
            return name;
        }
    }

    /// <summary>Lets go of a connection that is there no more.</summary>
    public void Forget(Id<IdentityConnection> id)
    {
        lock (_gate)
        {
            Drop(id);
        }
    }

    /// <summary>The connection of a scheme; null for every other name.</summary>
    public ConnectionWithSecret? Of(string? scheme)
    {
        lock (_gate)
        {
            return scheme is not null && _rows.TryGetValue(scheme, out var row) ? row : null;
        }
    }

    private static string Name(Id<IdentityConnection> id, long version) => $"connection.{id}.{version}";

    private void Drop(Id<IdentityConnection> id)
    {
        _uses.Remove(id);
        if (_versions.Remove(id, out var kept))
        {
            kept.ForEach(version => Drop(Name(id, version)));
        }
    }

    private void Drop(string name)
    {
        _rows.Remove(name);
        cache.TryRemove(name);
    }
}
