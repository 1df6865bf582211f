using System.Diagnostics;
using System.Diagnostics.Metrics;
using UserManagement.Membership.Access;

namespace UserManagement.Membership;

/// <summary>
/// What the core measures of itself, as <see cref="Name"/> for whoever listens (OpenTelemetry, dotnet-counters). No tag names a
/// person, a workspace or an address: acts, doors and refusals' codes are words of this code, so that their number is bounded.
/// </summary>
public static class MembershipMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "UserManagement";

    private static readonly Meter Own = new(Name);

    private static readonly Histogram<double> Acts = Own.CreateHistogram<double>(
        "usermanagement.act.duration",
        "s",
        "From the plan of an act to its commit or refusal, by act, door and result (done, or the refusal's code)"
    );

    private static readonly Histogram<int> Commits = Own.CreateHistogram<int>(
        "usermanagement.commit.acts",
        "{act}",
        "How many acts left in one transaction"
    );

    private static readonly Histogram<double> Waits = Own.CreateHistogram<double>(
        "usermanagement.commit.duration",
        "s",
        "How long an act that writes waited for its commit, its queue included"
    );

    private static readonly Histogram<double> Deliveries = Own.CreateHistogram<double>(
        "usermanagement.outbox.lag",
        "s",
        "From the commit that queued a message to the end of its delivery, by kind and end"
    );

    private static readonly Counter<long> SignIns = Own.CreateCounter<long>(
        "usermanagement.sign_ins",
        "{sign-in}",
        "Sign-ins by means (password, passkey, provider) and result (done, or the refusal's code)"
    );

    private static readonly Counter<long> Hashes = Own.CreateCounter<long>(
        "usermanagement.password_hashes",
        "{hash}",
        "Passwords hashed, to set one or to try one, by iterations: what sign-ins by password cost"
    );

    /// <summary>An act ended.</summary>
    internal static void Ended(string act, Door door, Refusal? refusal, TimeSpan took)
    {
        if (Acts.Enabled)
        {
            Acts.Record(
                took.TotalSeconds,
                new TagList
                {
                    { "act", act },
                    { "door", door.ToString() },
                    { "result", refusal?.Code ?? "done" },
                }
            );
        }
    }

    /// <summary>Acts were committed together.</summary>
    internal static void Committed(int acts) => Commits.Record(acts);

    /// <summary>An act has the answer to its commit. Told where the act runs; <see cref="Committed"/> is told where its queue does.</summary>
    internal static void Waited(TimeSpan took) => Waits.Record(took.TotalSeconds);

    /// <summary>A message of the outbox was delivered or given up.</summary>
    internal static void Delivered(string kind, string end, TimeSpan lag)
    {
        if (Deliveries.Enabled)
        {
            Deliveries.Record(lag.TotalSeconds, new TagList { { "kind", kind }, { "end", end } });
        }
    }

    /// <summary>A password was hashed.</summary>
    internal static void Hashed(int iterations) => Hashes.Add(1, new KeyValuePair<string, object?>("iterations", iterations));

    /// <summary>Somebody signed in, or was refused.</summary>
    /// <param name="means"><c>password</c>, <c>passkey</c> or <c>provider</c>.</param>
    /// <param name="refusal">Null when they are in.</param>
    public static void SignedIn(string means, Refusal? refusal) =>
        SignIns.Add(1, new TagList { { "means", means }, { "result", refusal?.Code ?? "done" } });
}
