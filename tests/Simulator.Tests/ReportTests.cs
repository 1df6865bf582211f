using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Tests;

public sealed class ReportTests
{
    [Theory]
    [InlineData(50, 5)]
    [InlineData(95, 10)]
    [InlineData(100, 10)]
    [InlineData(1, 1)]
    public void A_percentile_is_a_value_that_was_measured(double percent, int milliseconds)
    {
        TimeSpan[] times = [.. Enumerable.Range(1, 10).Select(n => TimeSpan.FromMilliseconds(n))];
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Percentile.Of(times, percent));
        Assert.Equal(TimeSpan.Zero, Percentile.Of([], percent));
    }

    [Fact]
    public void A_table_aligns_its_columns()
    {
        var table = new TextTable("kind", "count").Add("create user", "200").Add("get", "1,024");
        Assert.Equal(
            """
              kind         count
              -----------  -----
              create user    200
              get          1,024

            """.ReplaceLineEndings("\n"),
            table.ToString()
        );
        Assert.Throws<ArgumentException>(() => table.Add("one"));
    }

    [Theory]
    [InlineData(0.04, "0.0")]
    [InlineData(9.94, "9.9")]
    [InlineData(9.96, "10")]
    [InlineData(1234.4, "1234")]
    public void Milliseconds_have_a_decimal_below_ten(double milliseconds, string shown) =>
        Assert.Equal(shown, TextTable.Milliseconds(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_tally_groups_like_refusals_and_counts_recoveries()
    {
        var tally = new Tally();
        tally.Add(
            "get",
            TimeSpan.FromMilliseconds(1),
            new ScimAnswer(404, null, false, false, "404 instead of 200: User 123456 not found")
        );
        tally.Add(
            "get",
            TimeSpan.FromMilliseconds(3),
            new ScimAnswer(404, null, false, false, "404 instead of 200: User 987654 not found")
        );
        tally.Add("create", TimeSpan.FromMilliseconds(2), new ScimAnswer(409, null, true, true, ""));
        tally.AddRetry("create");
        var refusal = Assert.Single(tally.Refusals());
        Assert.Equal(("404 instead of 200: User … not found", 2), (refusal.Reason, refusal.Count));
        Assert.Equal((3, 2, 1, 1), (tally.Total, tally.Refused, tally.Retried, tally.Recovered));
        Assert.Equal(
            new TallyRow("get", 2, 2, 0, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3)),
            tally.Rows()[0]
        );
    }

    [Fact]
    public void A_progress_bar_on_a_terminal_redraws_one_line()
    {
        var output = new StringWriter();
        var bar = new ProgressBar(output, inPlace: true, total: 2);
        bar.Begin("create users");
        bar.Advance();
        bar.Advance();
        bar.Finish();
        Assert.Equal(1, output.ToString().Count(c => c == '\n'));
        Assert.Contains("\r[##############################] 100 %", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_progress_bar_elsewhere_prints_each_tenth_once_even_for_few_steps()
    {
        var output = new StringWriter();
        var bar = new ProgressBar(output, inPlace: false, total: 3);
        for (var i = 0; i < 3; i++)
        {
            bar.Advance();
        }

        Assert.Equal(10, output.ToString().Split('\n').Count(l => l.Contains('%', StringComparison.Ordinal)));
    }
}
