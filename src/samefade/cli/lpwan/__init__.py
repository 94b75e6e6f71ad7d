"""`samefade lpwan`: plan, simulate and serve keys over low-power wide-area networks; one file a command."""

import typer

from samefade.cli.lpwan import join, serve
from samefade.cli.lpwan.plan import plan
from samefade.cli.lpwan.rehearse import rehearse
from samefade.cli.lpwan.simulate import simulate

app = typer.Typer(help="Keys over LoRaWAN and NB-IoT: plan, simulate, rehearse, serve.", no_args_is_help=True)


@app.callback()
def _lpwan() -> None:
    """Gather the commands."""


app.add_typer(join.app, name="join")
app.command()(plan)
app.command()(simulate)
serve.register(app)
app.command()(rehearse)
