using System.Globalization;
using System.Text;
using System.Text.Json;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Seeding;

namespace UserManagement.Benchmarks.Suites;

/// <summary>A SCIM server with people in it, and the requests that it is measured by: a base path and a token are all that is known.</summary>
/// <param name="name">How the tables call it.</param>
/// <param name="server">Where it is.</param>
/// <param name="path">The base path of its SCIM endpoints.</param>
/// <param name="token">Its bearer token.</param>
internal sealed class PeerSide(string name, Target server, string path, string token)
{
    /// <summary>How many workers change people at once, at most: each has people of its own.</summary>
    private const int Workers = 8;

    private readonly int[] _changes = new int[Workers];
    private IReadOnlyList<(string Id, string UserName)> _people = [];
    private int _created;

    public string Name => name;

    public Target Server => server;

    /// <summary>Whom it is asked for.</summary>
    public PeerSide With(IReadOnlyList<(string Id, string UserName)> people)
    {
        _people = people;
        return this;
    }

    /// <summary>Makes people over SCIM, one after the other.</summary>
    public async Task<PeerSide> FillAsync(int count)
    {
        using var wire = await HttpWire.OpenAsync(server.Url);
        var people = new List<(string, string)>();
        for (var number = 0; number < count; number++)
        {
            var person = new SeedPerson(number);
            var (status, body) = await wire.SendAsync(Request("POST", "/Users", person.Body));
            if (status != 201)
            {
                throw new InvalidOperationException($"{name} answered {status}: {Encoding.UTF8.GetString(body.Span)}");
            }

            using var made = JsonDocument.Parse(body);
            people.Add((made.RootElement.GetProperty("id").GetString()!, person.UserName));
        }

        return With(people);
    }

    public ReadOnlyMemory<byte> Get(int worker) => Request("GET", $"/Users/{Drawn().Id}");

    public ReadOnlyMemory<byte> Filter(int worker) =>
        Request("GET", "/Users?filter=" + Uri.EscapeDataString($"userName eq \"{Drawn().UserName}\""));

    public ReadOnlyMemory<byte> List(int worker) => Request("GET", "/Users?startIndex=1&count=100");

    /// <summary>Another title for the worker's next person.</summary>
    public ReadOnlyMemory<byte> Title(int worker)
    {
        var change = _changes[worker]++;
        var person = _people[((change * Workers) + worker) % _people.Count];
        return Request(
            "PATCH",
            $"/Users/{person.Id}",
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Engineer {{change}}"}]}"""
            )
        );
    }

    public ReadOnlyMemory<byte> Create(int worker) =>
        Request("POST", "/Users", new SeedPerson(9_000_000 - Interlocked.Increment(ref _created)).Body);

    private (string Id, string UserName) Drawn() => _people[Random.Shared.Next(_people.Count)];

    private byte[] Request(string method, string at, string? body = null) =>
        Encoding.UTF8.GetBytes(
            $"{method} {path}{at} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: application/scim+json\r\n"
                + (
                    body is null
                        ? "\r\n"
                        : $"Content-Type: application/scim+json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
                )
        );
}
