using System.Diagnostics;
using System.Text.Json;
using UserManagement.Membership.Apps;
using Xunit;

namespace UserManagement.Membership.Tests.Apps;

/// <summary>How an app's secret is compared: over hashes, whole, and for as long whatever was sent.</summary>
public sealed class ClientSecretsTests
{
    private static readonly string One = Secret.New(ClientSecrets.Prefix);
    private static readonly string Two = Secret.New(ClientSecrets.Prefix);

    private static string Stored(params string[] secrets) =>
        JsonSerializer.Serialize(
            secrets.Select(s => new ClientSecret(Ids.Next(TimeProvider.System), Convert.ToBase64String(Secret.Hash(s)), s[^4..], default))
        );

    [Fact]
    public void Only_the_whole_of_a_secret_that_is_kept_is_one()
    {
        var kept = Stored(One, Two);
        Assert.True(ClientSecrets.Match(kept, One));
        Assert.True(ClientSecrets.Match(kept, Two));
        foreach (
            var wrong in new[] { "", One[..^1], One + "A", One.ToUpperInvariant(), " " + One, Convert.ToBase64String(Secret.Hash(One)) }
        )
        {
            Assert.False(ClientSecrets.Match(kept, wrong), wrong);
        }

        Assert.False(ClientSecrets.Match(null, One));
        Assert.False(ClientSecrets.Match("[]", ""));
        Assert.DoesNotContain(One, kept, StringComparison.Ordinal);
    }

    /// <summary>
    /// A secret that is right but for its last letter takes as long as one that is wrong from the first on, and the right one no other time:
    /// of each the median of many tries in turns, a few times over, for the machine does other things beside.
    /// </summary>
    [Fact]
    public void How_long_it_takes_tells_nothing_of_the_secret()
    {
        var kept = Stored(One, Two);
        string[] tries = [One, Two, One[..^1] + (One[^1] == 'A' ? 'B' : 'A'), "x" + One[1..], Secret.New(ClientSecrets.Prefix)];
        var widest = double.MaxValue;
        for (var round = 0; round < 10 && widest > 1.2; round++)
        {
            var times = tries.Select(_ => new List<long>()).ToArray();
            for (var i = 0; i < 3000; i++)
            {
                for (var t = 0; t < tries.Length; t++)
                {
                    var begin = Stopwatch.GetTimestamp();
                    _ = ClientSecrets.Match(kept, tries[t]);
                    times[t].Add(Stopwatch.GetTimestamp() - begin);
                }
            }

            var medians = times.Select(t => (double)t.Order().ElementAt(t.Count / 2)).ToArray();
            widest = Math.Min(widest, medians.Max() / medians.Min());
        }

        Assert.True(widest <= 1.2, $"{widest:0.00}");
    }
}
