using System.Diagnostics;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

/// <summary>
/// That something is computed quickly, whatever else the machine does: it has some tries, of which one is enough. What takes long for
/// its input takes long each time.
/// </summary>
internal static class Quick
{
    private const int Tries = 5;

    /// <summary>Runs the act until one time takes less.</summary>
    public static void Runs(TimeSpan bound, Action act)
    {
        for (var tries = 1; ; tries++)
        {
            var watch = Stopwatch.StartNew();
            act();
            if (watch.Elapsed < bound)
            {
                return;
            }

            Assert.True(tries < Tries, $"{watch.Elapsed} at the {tries}. try, which should be below {bound}");
        }
    }
}
